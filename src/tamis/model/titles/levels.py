"""The words of seniority, in order: the first pattern found in a folded title gives the level."""

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

LEVELS: Final[tuple[TitlePattern, ...]] = (
    # Who has left; a fund manager ("gérant de portefeuille") runs no company.
    title_pattern(None, words="gerante? de (portefeuilles?|fonds)", first=GONE),
    # Whoever assists an executive, or learns a trade, carries somebody else's title.
    title_pattern(
        "entry",
        words="""contrat (pro|de professionnalisation|d apprentissage), v i e, interns?,
            internship, trainee, apprentice, junior, jr, stagiaire, alternante?, alternant e,
            en alternance, apprentie?, apprenti e,
            (executive|personal|administrative) assistant, (pa|ea) to, assistante,
            assistant (e )?(to|de|du|des|d|a|au|aupres|chef|dg|pdg|dga|daf|drh|dsi),
            secretaire (de|du)""",
        first=f"""student, etudiante?, eleve,
            employee? (de|d|administrati(f|ve)|comptable|commerciale?), stage, assist,
            {IN_CHARGE} (de|d|des|du)""",
        last="assistant, student",
    ),
    title_pattern(
        "c_level",
        words=f"""ceo, coo, cfo, cto, cio, cmo, cro, chro, cpo, cpto, cso, cdo, ciso, cco, cao,
            clo, c e o, c f o, c t o, c o o, chief [a-z ]*officer,
            chief (executive|financial|operating|operations|people|product|technology),
            chief (marketing|revenue|sales|commercial|growth|data|digital), pdg, p d g, dg, d g,
            dga, dgd, dgs, {GENERAL_DIRECTOR}, {FOUNDER}, {OWNER}, general counsel,
            managing director, (managing|founding) partner""",
        first="owner, direction generale",
    ),
    # Before the presidents: a vice-president is also one by name.
    title_pattern(
        "vp", words="vp, svp, evp, avp, rvp, v p, vice presidente?, vice president e, vice pres"
    ),
    title_pattern(
        "c_level",
        words=f"presidente?, president e, member of the board, {HEAD_OF_COMPANY}",
        first=COMPANY_FIRST,
        only=PARTNER_ONLY,
    ),
    title_pattern(
        "director",
        words=f"""directors?, {DIRECTOR}, dir, head, drh, daf, dsi, rssi, dircom, dirco, gm,
            chief of staff, (general|country) manager, adjointe? de direction,
            secretaire (generale?|general e),
            responsable (de la )?securite (des )?(si|systemes d info[a-z]*|informatique)""",
        first="direction",
    ),
    title_pattern(
        "manager",
        words="""managers?, manageuse, mgr, responsable, resp, raf, chief, chef, cheffe,
            supervisor, superviseure?, superintendent, foreman, contremaitre, team lead(er)?""",
    ),
    # "Lead generation" and "expert-comptable" are trades, not ranks.
    title_pattern(
        "senior",
        words="""senior, sr, snr, principale?, confirmee?, experimentee?, referente?,
            staff [a-z ]*(engineer|developer|scientist|designer), distinguished, fellow,
            lead ([a-fh-z]|g[a-df-z])[a-z]*, expert ([abd-z]|c[a-np-z])[a-z]*, experte""",
        last="lead, expert",
    ),
    title_pattern(
        "entry",
        words=f"""assistant, assist, associate, clerk, aide, graduate, sdr, bdr,
            (sales|business) development rep(resentative)?, adjointe? administrati(f|ve),
            coordinator, coordinat(eur|rice), coordonnat(eur|rice), receptionist,
            receptionniste, hotesse, hote, secretary, secretaire,
            {IN_CHARGE} (de|d|des) [a-z]*""",
    ),
)
