"""The words of departments, in order: the first pattern found in a folded title gives its function.

Order settles titles that name two. Departments that serve others come before these ("HR business
partner, sales"), general management and operations come last ("sales operations").
"""

from __future__ import annotations

from typing import Final

from tamis.model.titles.patterns import TitlePattern, title_pattern
from tamis.model.titles.phrases import (
    COMPANY_FIRST,
    DIRECTOR,
    FOUNDER,
    GENERAL_DIRECTOR,
    GONE,
    HEAD_OF_COMPANY,
    IN_CHARGE,
    OWNER,
    PARTNER_ONLY,
)

DEPARTMENTS: Final[tuple[TitlePattern, ...]] = (
    # Who has left, who assists a person rather than a department, who studies or teaches.
    title_pattern(
        None,
        words=f"""(executive|personal) assistant, (pa|ea) to,
            assistante?( e)? (to|aupres|dg|pdg|de direction|de la direction),
            assistante?( e)? d[ue] ({DIRECTOR}|presidente?|dg|pdg|drh|daf),
            secretaire (de direction|du president), teacher, professor, professeure?,
            enseignante?, lecturer, journalist, journaliste""",
        first=f"{GONE}, student, etudiante?",
        last="student",
    ),
    title_pattern(
        "executive",
        words=f"""ceo, c e o, chief executive, pdg, p d g, presidente? {GENERAL_DIRECTOR},
            chief of staff, ({DIRECTOR}|chef|cheffe) de cabinet,
            secretaire (generale?|general e)""",
    ),
    title_pattern(
        "legal",
        words="""law, counsel, clo, dpo, data protection, privacy, gdpr, rgpd, droit,
            contentieux, contracts? (manager|administrator), business affairs,
            (company|corporate) secretary""",
        stems="""legal, juri(d|s), avocat, lawyer, attorney, solicitor, barrister, paralegal,
            notaire, complian, judiciaire, huissier, intellectual property,
            propriete intellectuelle, patent, conformite, regulatory, reglementaire""",
    ),
    # "Financial services" in a sales title names a market; only there does "s" follow "financial".
    title_pattern(
        "finance",
        words="""cfo, c f o, daf, raf, finance, finances, financi(er|ere),
            financial [a-rt-z][a-z]*, adm[a-z]* (et )?fin, tax, fp a, m a, investments?,
            investor relations, facturation, audit, auditor, audit(eur|rice),
            controle(ur|use)? de gestion, controlling,
            (financial|finance|business|group|cost|plant) controller, portefeuilles?, credit,
            budget, recouvrement, collections, patrimoine, wealth, billing, souscript(eur|rice),
            underwriter, risks?, risques?""",
        stems="""comptab, accounting, accountant, accounts (pay|rec), bookkeep, tresor,
            treasur, fiscal, fusion, actua""",
        first="controller",
        last="financial",
    ),
    title_pattern(
        "operations",
        words="coo, c o o, chief operating, chief operations, sav, apres vente, after ?sales",
    ),
    title_pattern(
        "hr",
        words="""hr, rh, drh, chro, hrbp, hris, sirh, human (resources?|capital), people,
            ressources humaines, personnel, payroll, paie, paye, training, formation, l d,
            learning (and )?development, employer brand, marque employeur, relations sociales,
            qvt, qvct, benefits, staffing, onboarding, experience (collaborateurs?|employe),
            employees?, formateur, formatrice, diversity""",
        stems="talent, recruit, recrut, compensation, remuneration",
    ),
    # Sales and marketing in one title: sales if named first, else the next pattern.
    title_pattern(
        "sales",
        words="(sales|ventes?|commerciale?|development) (e )?(and |et )?(le )?marketing",
    ),
    title_pattern(
        "marketing",
        words=f"""cmo, brand, branding, marque, advertising, publicite, media, seo, sea, sem,
            ppc, ads, pub, growth, insights, (responsable|chef(fe)? de) marches?,
            market research, campaigns?, studio, chef(fe)? de groupe, fidelisation, loyalty,
            acquisition, demand gen, crm, community, traffi?c manager, creative, artistique,
            art director, pr, public (relations|affairs), press, presse, affaires publiques,
            relations publiques, dircom, ({IN_CHARGE} de|responsable|resp|{DIRECTOR}) com""",
        stems="""marketing, mktg, communication, demand generation, lead generation, copywrit,
            redact, graphi[cs], evenement, event, influenc, infograph, referencement,
            merchandis, video, sponsor, editor, publication, webdesign""",
    ),
    title_pattern(
        "sales",
        words=f"""sales, cro, revenue, commercia(l|le|ux|les), cial, ventes?, vendeu(r|se),
            adv, ac(coun|c)t (mgr|manager|exec|executive|director|coordinator), kam,
            grands? comptes?, bdm, bd, bdr, vrp, sdr, biz ?dev, d affaires,
            {DIRECTOR} (du )?developpement, clientele, territory, chef(fe)? de secteur,
            delegue( ?e)? medicale?, client (partner|manager|director|lead), comptes? cles?,
            renewals?, closer, tenders?, bids?, {DIRECTOR} clients?,
            (responsable|charge( ?e)? de) developpement, appels d offres, distribution,
            concession, conseill(er|ere) clients?, dirco, relationship manager, chief customer,
            csm, partner (manager|success|development), alliances, channel, pre ?sales,
            avant vente, export""",
        stems="""business develop, customer success, partnership, partenariat, technico,
            telepro, televend""",
    ),
    title_pattern(
        "product",
        words="""products?, produits?, cpo, cpto, ux, ui, designer,
            design (director|manager|lead), head of design""",
    ),
    title_pattern(
        "it",
        words="""it, cio, ciso, cdo, dsi, rssi, si, information (systems?|technology|security),
            systems?, systemes?, networks?, reseaux?, sys ?admin, database, dba, cloud, erp,
            sap, salesforce admin, salesforce administrator, help ?desk, service desk,
            (resp|dir) info, cyber, security, securite (des systemes|si),
            digital (officer|transformation), transformation (digitale|numerique), numerique,
            webmaster, projets? web, amoa, moa, telecoms?, analytics, servicenow,
            business (intelligence|analyst), bi,
            data (analysts?|officer|manager|governance|steward|warehouse|base),
            (head|director|vp|chief|responsable|manager) (of |de la |des? )?data""",
        stems="infrastruct, cybersec, informati[cq], applicati, virtuali",
    ),
    title_pattern(
        "engineering",
        words="""cto, c t o, engineers?, engineering, eng, software, logiciels?, r d, rd,
            technical, technique, tech, techno, dev, devops, sre, qa, ai, ia, conception,
            hardware, firmware, embarque, validation, testeur, tester, mobile, ios, android,
            java, python, machine learning, data science, full ?stack, front ?end, back ?end,
            scrum master, architecte?, bureau d etudes""",
        stems="""ingenie, developer, developpeu, technolog, programme[ru], research, recherche,
            etudes et developpement, release, scientist, innovation, mecani, electrical,
            electriq, electron, automatis, dessinat, projeteu""",
    ),
    title_pattern(
        "marketing",
        words="digitale?, web, webmarketing, e ?commerce, content, contenus?, trade, category",
    ),
    # A vice-president presides over no company: the word before "president" must not end in "e".
    title_pattern(
        "executive",
        words=f"""{FOUNDER}, {OWNER}, {HEAD_OF_COMPANY}, {GENERAL_DIRECTOR}, dg, d g, dga, dgd,
            dgs, gm, direction generale, (managing|executive) director,
            (managing|founding) partner, (general|country) manager, strategy, strategie,
            business unit, filiale, subsidiary, [a-z]*[a-df-z] presidente?""",
        first=f"owner, presidente?, president e, {COMPANY_FIRST}",
        only=PARTNER_ONLY,
    ),
    title_pattern(
        "operations",
        words="""ops, sourcing, achats?, plant, usines?, sites?, ateliers?, qhse, hse, qse,
            rse, csr, lean, amelioration continue, chantier, travaux, services generaux,
            moyens generaux, chef(fe)? de rayon, customer (service|support|care|experience),
            call cent(er|re), (service|relation|support|experience) clients?, branch, agences?,
            stores?, magasins?, restaurant, projects?, projets?, program(me)?s?, pmo,
            office manager, administrati(ve|f|on), delivery, livraisons?, planning, planner,
            ordonnancement, health, safety, ehs, securite, fleet, flotte, stocks?, inventory,
            continuous improvement, process, back office, accueil, hotesse, receptionist,
            secretary, secretaire""",
        stems="""operati, exploitation, logisti, supply, procure, purchas, buyer, acheteu,
            production, manufactur, industri, quali, maintenance, warehous, entrepot, transport,
            facilit, sustainab, durable, fulfil, approvisionn, magasinier, technicien,
            environment, environnement, chauffeur, conduct(eur|rice), operateur, operatrice""",
    ),
)
