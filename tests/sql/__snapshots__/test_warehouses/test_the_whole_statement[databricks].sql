-- reads lead_rows(lead_id, account_id, valid_from, lead__email, lead__job_title, lead__country, lead__created_at, lead__birthday, lead__budget, lead__opt_in, `lead__Rank`, lead__order)
-- reads account_rows(account_id, account__industry, account__employees, account__revenue)
-- reads event_rows(lead_id, event, timestamp, event_id, bot, event__url, event__seconds, event__plan, event__paid)
WITH disposable_domains /* disposable_domains: mail domains, one list; one row per domain */ AS (
  SELECT
    CAST(c0 AS STRING) AS domain
  FROM VALUES
    ('yopmail.com') AS v(c0)
), free_domains /* free_domains: mail domains, one list; one row per domain */ AS (
  SELECT
    CAST(c0 AS STRING) AS domain
  FROM VALUES
    ('gmail.com') AS v(c0)
), counted /* counted: which events each counter counts, and on which days; one row per counter, event */ AS (
  SELECT
    CAST(c0 AS BIGINT) AS counter,
    CAST(c1 AS STRING) AS event,
    CAST(c2 AS BIGINT) AS first_day,
    CAST(c3 AS BIGINT) AS last_day
  FROM VALUES
    (1, 'page_view', 20631, 10000000),
    (2, 'page_view', 20632, 10000000),
    (3, 'page_view', 20606, 10000000),
    (4, 'email_open', 20546, 10000000),
    (5, 'email_sent', 20546, 10000000),
    (6, 'demo_request', 20633, 10000000),
    (6, 'contact_sales', 20633, 10000000),
    (7, 'webinar', 20630, 20634),
    (8, 'login', 20606, 10000000),
    (9, NULL, (
        -10000000
    ), 10000000),
    (10, 'login', 20608, 10000000),
    (11, NULL, (
        -10000000
    ), 10000000),
    (12, NULL, (
        -10000000
    ), 10000000) AS v(c0, c1, c2, c3)
), rules /* rules: the rules of the model as data; one row per rule */ AS (
  SELECT
    CAST(c0 AS BIGINT) AS rule,
    CAST(c1 AS STRING) AS id,
    CAST(c2 AS STRING) AS form,
    CAST(c3 AS BIGINT) AS bucket,
    CAST(c4 AS BIGINT) AS points,
    CAST(c5 AS BIGINT) AS cap,
    CAST(c6 AS BIGINT) AS decay,
    CAST(c7 AS BIGINT) AS last_weight,
    CAST(c8 AS BIGINT) AS at_least,
    CAST(c9 AS BIGINT) AS silent_for,
    CAST(c10 AS BOOLEAN) AS dense,
    CAST(c11 AS BOOLEAN) AS gated
  FROM VALUES
    (
      1,
      'decision_maker',
      'when',
      1,
      35000,
      NULL,
      NULL,
      1000000,
      NULL,
      NULL,
      FALSE,
      FALSE
    ),
    (2, 'it', 'when', 1, 2500, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (3, 'size', 'bands', 2, NULL, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (4, 'industry', 'values', 2, NULL, 20000, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (
      5,
      'free_mail',
      'when',
      1,
      (
        -20000
      ),
      NULL,
      NULL,
      1000000,
      NULL,
      NULL,
      FALSE,
      FALSE
    ),
    (6, 'letters', 'when', 1, 1000, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (7, 'parts', 'when', 1, 1000, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (8, 'found', 'when', 1, 1000, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (9, 'likes', 'when', 1, 1000, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (10, 'sums', 'when', 1, 1000, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (11, 'chosen', 'when', 1, 1000, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (12, 'dates', 'when', 1, 1000, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (13, 'nulls', 'when', 1, 1000, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (14, 'pricing', 'points', 4, 8000, 30000, 1, 0, NULL, NULL, FALSE, FALSE),
    (15, 'returning', 'at_least', 4, 5000, NULL, 1, 0, 3, NULL, FALSE, FALSE),
    (16, 'reading', 'total', 3, NULL, NULL, NULL, 1000000, NULL, NULL, FALSE, FALSE),
    (17, 'opens', 'rate', 3, NULL, NULL, NULL, 1000000, 5, NULL, FALSE, FALSE),
    (18, 'demo', 'points', 3, 40000, NULL, 2, 0, NULL, NULL, FALSE, FALSE),
    (19, 'campaign', 'points', 3, 3000, NULL, 3, 100000, NULL, NULL, FALSE, FALSE),
    (20, 'gated', 'points', 3, 2000, NULL, NULL, 1000000, NULL, NULL, FALSE, TRUE),
    (
      21,
      'freshness',
      'recency',
      3,
      NULL,
      NULL,
      NULL,
      1000000,
      NULL,
      NULL,
      FALSE,
      FALSE
    ),
    (22, 'habit', 'frequency', 3, NULL, NULL, NULL, 1000000, NULL, NULL, TRUE, FALSE),
    (
      23,
      'silent',
      'silent_for',
      3,
      (
        -15000
      ),
      NULL,
      NULL,
      1000000,
      NULL,
      60,
      TRUE,
      FALSE
    ) AS v(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11)
), counters /* counters: which rule each counter serves; one row per counter */ AS (
  SELECT
    CAST(c0 AS BIGINT) AS counter,
    CAST(c1 AS BIGINT) AS rule,
    CAST(c2 AS BOOLEAN) AS rated,
    CAST(c3 AS BOOLEAN) AS over,
    CAST(c4 AS BIGINT) AS per_day,
    CAST(c5 AS BIGINT) AS decay,
    CAST(c6 AS BIGINT) AS last_weight
  FROM VALUES
    (1, 14, FALSE, FALSE, 2, 1, 0),
    (2, 15, FALSE, FALSE, 4611686018427387904, 1, 0),
    (3, 16, FALSE, FALSE, 4611686018427387904, NULL, 1000000),
    (4, 17, TRUE, FALSE, 4611686018427387904, NULL, 1000000),
    (5, 17, TRUE, TRUE, 4611686018427387904, NULL, 1000000),
    (6, 18, FALSE, FALSE, 4611686018427387904, 2, 0),
    (7, 19, FALSE, FALSE, 4611686018427387904, 3, 100000),
    (8, 20, FALSE, FALSE, 4611686018427387904, NULL, 1000000),
    (9, 21, FALSE, FALSE, 4611686018427387904, NULL, 1000000),
    (10, 22, FALSE, FALSE, 4611686018427387904, NULL, 1000000),
    (11, 23, FALSE, FALSE, 4611686018427387904, NULL, 1000000),
    (12, 0, FALSE, FALSE, 4611686018427387904, NULL, 1000000) AS v(c0, c1, c2, c3, c4, c5, c6)
), bands /* bands: points by value, for rules with bands on events; one row per rule, low */ AS (
  SELECT
    CAST(c0 AS BIGINT) AS rule,
    CAST(c1 AS DECIMAL(38, 0)) AS low,
    CAST(c2 AS DECIMAL(38, 0)) AS high,
    CAST(c3 AS BIGINT) AS points
  FROM VALUES
    (16, 0, 120000000, 0),
    (16, 120000000, 600000000, 4000),
    (16, 600000000, NULL, 8000),
    (17, 0, 20000000, (
        -5000
    )),
    (17, 20000000, 50000000, 0),
    (17, 50000000, NULL, 6000),
    (21, 0, 7000000, 15000),
    (21, 7000000, 30000000, 8000),
    (21, 30000000, NULL, 0),
    (22, 0, 1000000, (
        -1000
    )),
    (22, 1000000, 5000000, 2000),
    (22, 5000000, NULL, 6000) AS v(c0, c1, c2, c3)
), weights /* weights: how much an event weighs at each age; one row per decay, age */ AS (
  SELECT
    CAST(c0 AS BIGINT) AS decay,
    CAST(c1 AS BIGINT) AS age,
    CAST(c2 AS BIGINT) AS weight
  FROM VALUES
    (1, 0, 1000000),
    (1, 1, 707107),
    (1, 2, 500000),
    (1, 3, 353553),
    (1, 4, 250000),
    (1, 5, 176777),
    (1, 6, 125000),
    (1, 7, 88388),
    (1, 8, 62500),
    (1, 9, 44194),
    (1, 10, 31250),
    (1, 11, 22097),
    (1, 12, 15625),
    (1, 13, 11049),
    (1, 14, 7813),
    (1, 15, 5524),
    (1, 16, 3906),
    (1, 17, 2762),
    (1, 18, 1953),
    (1, 19, 1381),
    (1, 20, 977),
    (1, 21, 691),
    (1, 22, 488),
    (1, 23, 345),
    (1, 24, 244),
    (1, 25, 173),
    (1, 26, 122),
    (1, 27, 86),
    (1, 28, 61),
    (1, 29, 43),
    (1, 30, 31),
    (1, 31, 22),
    (1, 32, 15),
    (1, 33, 11),
    (1, 34, 8),
    (1, 35, 5),
    (1, 36, 4),
    (1, 37, 3),
    (1, 38, 2),
    (1, 39, 1),
    (1, 40, 1),
    (1, 41, 1),
    (1, 42, 0),
    (2, 0, 1000000),
    (2, 1, 666667),
    (2, 2, 333333),
    (2, 3, 0),
    (3, 0, 1000000),
    (3, 1, 1000000),
    (3, 2, 500000),
    (3, 3, 500000),
    (3, 4, 100000) AS v(c0, c1, c2)
), known_leads /* known_leads: the row of each lead that holds on the as-of day, with its account's fields; one row per lead_id */ AS (
  SELECT
    r.lead_id,
    r.account_id,
    r.created_day,
    r.lead__email,
    r.lead__job_title,
    r.lead__country,
    r.lead__created_at,
    r.lead__birthday,
    r.lead__budget,
    r.lead__opt_in,
    r.`lead__Rank`,
    r.lead__order,
    r.account__industry,
    r.account__employees,
    r.account__revenue
  FROM (
    SELECT
      l.lead_id,
      l.account_id,
      CAST(DATEDIFF(
        CAST(l.lead__created_at + CASE
          WHEN l.lead__created_at >= CAST('2009-12-31 17:00:00' AS TIMESTAMP_NTZ)
          THEN INTERVAL '21600' SECOND
          WHEN l.lead__created_at >= CAST('2009-06-19 17:00:00' AS TIMESTAMP_NTZ)
          THEN INTERVAL '25200' SECOND
          ELSE INTERVAL '21600' SECOND
        END AS DATE),
        CAST('1970-01-01' AS DATE)
      ) AS INT) AS created_day,
      ROW_NUMBER() OVER (PARTITION BY l.lead_id ORDER BY l.valid_from DESC) AS place,
      l.lead__email,
      l.lead__job_title,
      l.lead__country,
      l.lead__created_at,
      l.lead__birthday,
      l.lead__budget,
      l.lead__opt_in,
      l.`lead__Rank`,
      l.lead__order,
      a.account__industry,
      a.account__employees,
      a.account__revenue
    FROM lead_rows AS l
    LEFT JOIN account_rows AS a
      ON a.account_id = l.account_id
    WHERE
      (
        l.valid_from IS NULL
        OR CAST(DATEDIFF(
          CAST(l.valid_from + CASE
            WHEN l.valid_from >= CAST('2009-12-31 17:00:00' AS TIMESTAMP_NTZ)
            THEN INTERVAL '21600' SECOND
            WHEN l.valid_from >= CAST('2009-06-19 17:00:00' AS TIMESTAMP_NTZ)
            THEN INTERVAL '25200' SECOND
            ELSE INTERVAL '21600' SECOND
          END AS DATE),
          CAST('1970-01-01' AS DATE)
        ) AS INT) <= 20635
      )
  ) AS r
  WHERE
    (
      r.created_day IS NULL OR r.created_day <= 20635
    ) AND (
      r.place = 1
    )
), titles_1 /* titles_1: what each distinct title says; one row per title */ AS (
  SELECT
    title,
    CASE
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (gerante? de (portefeuilles?|fonds)) |^ (former|formerly|previously|ex|ancien|ancienne|retired|retraitee?|looking for|seeking|open to|en recherche) '
      )
      THEN NULL
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (contrat (pro|de professionnalisation|d apprentissage)|v i e|interns?|internship|trainee|apprentice|junior|jr|stagiaire|alternante?|alternant e|en alternance|apprentie?|apprenti e|(executive|personal|administrative) assistant|(pa|ea) to|assistante|assistant (e )?(to|de|du|des|d|a|au|aupres|chef|dg|pdg|dga|daf|drh|dsi)|secretaire (de|du)) |^ (student|etudiante?|eleve|employee? (de|d|administrati(f|ve)|comptable|commerciale?)|stage|assist|charge( ?e)? (de|d|des|du)) | (assistant|student) \\z'
      )
      THEN 'entry'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (ceo|coo|cfo|cto|cio|cmo|cro|chro|cpo|cpto|cso|cdo|ciso|cco|cao|clo|c e o|c f o|c t o|c o o|chief [a-z ]*officer|chief (executive|financial|operating|operations|people|product|technology)|chief (marketing|revenue|sales|commercial|growth|data|digital)|pdg|p d g|dg|d g|dga|dgd|dgs|(direct(eur|rice)s?( t?rice)?|dir) (generale?|general e|gal|gen)|(co ?)?founders?|(co ?)?fondat(eur|rice)s?( t?rice)?|(business|company|sole|shop|store|restaurant|franchise|co|and|founder) owner|general counsel|managing director|(managing|founding) partner) |^ (owner|direction generale) '
      )
      THEN 'c_level'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (vp|svp|evp|avp|rvp|v p|vice presidente?|vice president e|vice pres) '
      )
      THEN 'vp'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (presidente?|president e|member of the board|chairman|chairwoman|chairperson|chair|board member|(co ?)?gerante?|gerant e|associee?|associe e|dirigeante?|dirigeant e|chef(fe)? d(e l)? ?entreprise|proprietaire|proprietor|patronne?) |^ ((serial )?entrepreneure?|partner (and|at|chez|et|in|avocate?)) |^ (partner|([a-z ]* )?(and|senior|law|tax|audit|advisory|consulting) partner) \\z'
      )
      THEN 'c_level'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (directors?|direct(eur|rice)s?( t?rice)?|dir|head|drh|daf|dsi|rssi|dircom|dirco|gm|chief of staff|(general|country) manager|adjointe? de direction|secretaire (generale?|general e)|responsable (de la )?securite (des )?(si|systemes d info[a-z]*|informatique)) |^ (direction) '
      )
      THEN 'director'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (managers?|manageuse|mgr|responsable|resp|raf|chief|chef|cheffe|supervisor|superviseure?|superintendent|foreman|contremaitre|team lead(er)?) '
      )
      THEN 'manager'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (senior|sr|snr|principale?|confirmee?|experimentee?|referente?|staff [a-z ]*(engineer|developer|scientist|designer)|distinguished|fellow|lead ([a-fh-z]|g[a-df-z])[a-z]*|expert ([abd-z]|c[a-np-z])[a-z]*|experte) | (lead|expert) \\z'
      )
      THEN 'senior'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (assistant|assist|associate|clerk|aide|graduate|sdr|bdr|(sales|business) development rep(resentative)?|adjointe? administrati(f|ve)|coordinator|coordinat(eur|rice)|coordonnat(eur|rice)|receptionist|receptionniste|hotesse|hote|secretary|secretaire|charge( ?e)? (de|d|des) [a-z]*) '
      )
      THEN 'entry'
      ELSE NULL
    END AS derived__3,
    CASE
      WHEN REGEXP_LIKE(
        folded,
        '(?d) ((executive|personal) assistant|(pa|ea) to|assistante?( e)? (to|aupres|dg|pdg|de direction|de la direction)|assistante?( e)? d[ue] (direct(eur|rice)s?( t?rice)?|presidente?|dg|pdg|drh|daf)|secretaire (de direction|du president)|teacher|professor|professeure?|enseignante?|lecturer|journalist|journaliste) |^ (former|formerly|previously|ex|ancien|ancienne|retired|retraitee?|looking for|seeking|open to|en recherche|student|etudiante?) | (student) \\z'
      )
      THEN NULL
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (ceo|c e o|chief executive|pdg|p d g|presidente? (direct(eur|rice)s?( t?rice)?|dir) (generale?|general e|gal|gen)|chief of staff|(direct(eur|rice)s?( t?rice)?|chef|cheffe) de cabinet|secretaire (generale?|general e)) '
      )
      THEN 'executive'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (law|counsel|clo|dpo|data protection|privacy|gdpr|rgpd|droit|contentieux|contracts? (manager|administrator)|business affairs|(company|corporate) secretary) | (legal|juri(d|s)|avocat|lawyer|attorney|solicitor|barrister|paralegal|notaire|complian|judiciaire|huissier|intellectual property|propriete intellectuelle|patent|conformite|regulatory|reglementaire)'
      )
      THEN 'legal'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (cfo|c f o|daf|raf|finance|finances|financi(er|ere)|financial [a-rt-z][a-z]*|adm[a-z]* (et )?fin|tax|fp a|m a|investments?|investor relations|facturation|audit|auditor|audit(eur|rice)|controle(ur|use)? de gestion|controlling|(financial|finance|business|group|cost|plant) controller|portefeuilles?|credit|budget|recouvrement|collections|patrimoine|wealth|billing|souscript(eur|rice)|underwriter|risks?|risques?) | (comptab|accounting|accountant|accounts (pay|rec)|bookkeep|tresor|treasur|fiscal|fusion|actua)|^ (controller) | (financial) \\z'
      )
      THEN 'finance'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (coo|c o o|chief operating|chief operations|sav|apres vente|after ?sales) '
      )
      THEN 'operations'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (hr|rh|drh|chro|hrbp|hris|sirh|human (resources?|capital)|people|ressources humaines|personnel|payroll|paie|paye|training|formation|l d|learning (and )?development|employer brand|marque employeur|relations sociales|qvt|qvct|benefits|staffing|onboarding|experience (collaborateurs?|employe)|employees?|formateur|formatrice|diversity) | (talent|recruit|recrut|compensation|remuneration)'
      )
      THEN 'hr'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) ((sales|ventes?|commerciale?|development) (e )?(and |et )?(le )?marketing) '
      )
      THEN 'sales'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (cmo|brand|branding|marque|advertising|publicite|media|seo|sea|sem|ppc|ads|pub|growth|insights|(responsable|chef(fe)? de) marches?|market research|campaigns?|studio|chef(fe)? de groupe|fidelisation|loyalty|acquisition|demand gen|crm|community|traffi?c manager|creative|artistique|art director|pr|public (relations|affairs)|press|presse|affaires publiques|relations publiques|dircom|(charge( ?e)? de|responsable|resp|direct(eur|rice)s?( t?rice)?) com) | (marketing|mktg|communication|demand generation|lead generation|copywrit|redact|graphi[cs]|evenement|event|influenc|infograph|referencement|merchandis|video|sponsor|editor|publication|webdesign)'
      )
      THEN 'marketing'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (sales|cro|revenue|commercia(l|le|ux|les)|cial|ventes?|vendeu(r|se)|adv|ac(coun|c)t (mgr|manager|exec|executive|director|coordinator)|kam|grands? comptes?|bdm|bd|bdr|vrp|sdr|biz ?dev|d affaires|direct(eur|rice)s?( t?rice)? (du )?developpement|clientele|territory|chef(fe)? de secteur|delegue( ?e)? medicale?|client (partner|manager|director|lead)|comptes? cles?|renewals?|closer|tenders?|bids?|direct(eur|rice)s?( t?rice)? clients?|(responsable|charge( ?e)? de) developpement|appels d offres|distribution|concession|conseill(er|ere) clients?|dirco|relationship manager|chief customer|csm|partner (manager|success|development)|alliances|channel|pre ?sales|avant vente|export) | (business develop|customer success|partnership|partenariat|technico|telepro|televend)'
      )
      THEN 'sales'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (products?|produits?|cpo|cpto|ux|ui|designer|design (director|manager|lead)|head of design) '
      )
      THEN 'product'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (it|cio|ciso|cdo|dsi|rssi|si|information (systems?|technology|security)|systems?|systemes?|networks?|reseaux?|sys ?admin|database|dba|cloud|erp|sap|salesforce admin|salesforce administrator|help ?desk|service desk|(resp|dir) info|cyber|security|securite (des systemes|si)|digital (officer|transformation)|transformation (digitale|numerique)|numerique|webmaster|projets? web|amoa|moa|telecoms?|analytics|servicenow|business (intelligence|analyst)|bi|data (analysts?|officer|manager|governance|steward|warehouse|base)|(head|director|vp|chief|responsable|manager) (of |de la |des? )?data) | (infrastruct|cybersec|informati[cq]|applicati|virtuali)'
      )
      THEN 'it'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (cto|c t o|engineers?|engineering|eng|software|logiciels?|r d|rd|technical|technique|tech|techno|dev|devops|sre|qa|ai|ia|conception|hardware|firmware|embarque|validation|testeur|tester|mobile|ios|android|java|python|machine learning|data science|full ?stack|front ?end|back ?end|scrum master|architecte?|bureau d etudes) | (ingenie|developer|developpeu|technolog|programme[ru]|research|recherche|etudes et developpement|release|scientist|innovation|mecani|electrical|electriq|electron|automatis|dessinat|projeteu)'
      )
      THEN 'engineering'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (digitale?|web|webmarketing|e ?commerce|content|contenus?|trade|category) '
      )
      THEN 'marketing'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) ((co ?)?founders?|(co ?)?fondat(eur|rice)s?( t?rice)?|(business|company|sole|shop|store|restaurant|franchise|co|and|founder) owner|chairman|chairwoman|chairperson|chair|board member|(co ?)?gerante?|gerant e|associee?|associe e|dirigeante?|dirigeant e|chef(fe)? d(e l)? ?entreprise|proprietaire|proprietor|patronne?|(direct(eur|rice)s?( t?rice)?|dir) (generale?|general e|gal|gen)|dg|d g|dga|dgd|dgs|gm|direction generale|(managing|executive) director|(managing|founding) partner|(general|country) manager|strategy|strategie|business unit|filiale|subsidiary|[a-z]*[a-df-z] presidente?) |^ (owner|presidente?|president e|(serial )?entrepreneure?|partner (and|at|chez|et|in|avocate?)) |^ (partner|([a-z ]* )?(and|senior|law|tax|audit|advisory|consulting) partner) \\z'
      )
      THEN 'executive'
      WHEN REGEXP_LIKE(
        folded,
        '(?d) (ops|sourcing|achats?|plant|usines?|sites?|ateliers?|qhse|hse|qse|rse|csr|lean|amelioration continue|chantier|travaux|services generaux|moyens generaux|chef(fe)? de rayon|customer (service|support|care|experience)|call cent(er|re)|(service|relation|support|experience) clients?|branch|agences?|stores?|magasins?|restaurant|projects?|projets?|program(me)?s?|pmo|office manager|administrati(ve|f|on)|delivery|livraisons?|planning|planner|ordonnancement|health|safety|ehs|securite|fleet|flotte|stocks?|inventory|continuous improvement|process|back office|accueil|hotesse|receptionist|secretary|secretaire) | (operati|exploitation|logisti|supply|procure|purchas|buyer|acheteu|production|manufactur|industri|quali|maintenance|warehous|entrepot|transport|facilit|sustainab|durable|fulfil|approvisionn|magasinier|technicien|environment|environnement|chauffeur|conduct(eur|rice)|operateur|operatrice)'
      )
      THEN 'operations'
      ELSE NULL
    END AS derived__4
  FROM (
    SELECT
      title,
      REGEXP_REPLACE(
        CONCAT(
          ' ',
          COALESCE(
            TRANSLATE(
              REPLACE(
                REPLACE(
                  REPLACE(
                    REPLACE(
                      REPLACE(
                        REPLACE(
                          REPLACE(
                            REPLACE(
                              REPLACE(
                                REPLACE(
                                  REPLACE(REPLACE(LOWER(TRANSLATE(title, 'İΣ', 'iσ')), 'œ', 'oe'), 'æ', 'ae'),
                                  'ß',
                                  'ss'
                                ),
                                '̀',
                                ''
                              ),
                              '́',
                              ''
                            ),
                            '̂',
                            ''
                          ),
                          '̃',
                          ''
                        ),
                        '̇',
                        ''
                      ),
                      '̈',
                      ''
                    ),
                    '̊',
                    ''
                  ),
                  '̌',
                  ''
                ),
                '̧',
                ''
              ),
              'àáâãäåāăąçćčďđèéêëēėęěğìíîïīįıłñńňòóôõöøōőřśšşșťţțùúûüūůűųýÿźżž',
              'aaaaaaaaacccddeeeeeeeegiiiiiiilnnnoooooooorsssstttuuuuuuuuyyzzz'
            ),
            ''
          ),
          ' '
        ),
        '(?d)[^a-z0-9]+',
        ' '
      ) AS folded
    FROM (
      SELECT DISTINCT
        lead__job_title AS title
      FROM known_leads
    ) AS d
  ) AS t
  WHERE
    NOT title IS NULL
), leads /* leads: leads known on the as-of day, with what rules ask of them; one row per lead */ AS (
  SELECT
    COALESCE(derived__1 IN ('acme.com', 'rival.com') OR derived__2, FALSE) AS excluded,
    l.*
  FROM (
    SELECT
      k.lead_id AS lead,
      CAST(k.lead_id AS STRING) AS lead_id,
      k.account_id,
      k.created_day,
      (
        2 * (
          (
            CASE WHEN k.lead__email IS NULL THEN 0 ELSE 100 END + CASE WHEN k.lead__job_title IS NULL THEN 0 ELSE 100 END + CASE WHEN k.lead__country IS NULL THEN 0 ELSE 100 END + CASE WHEN k.lead__created_at IS NULL THEN 0 ELSE 100 END + CASE WHEN k.lead__birthday IS NULL THEN 0 ELSE 100 END + CASE WHEN k.lead__budget IS NULL THEN 0 ELSE 100 END + CASE WHEN k.lead__opt_in IS NULL THEN 0 ELSE 100 END + CASE WHEN k.`lead__Rank` IS NULL THEN 0 ELSE 100 END + CASE WHEN k.lead__order IS NULL THEN 0 ELSE 100 END + CASE WHEN k.account__industry IS NULL THEN 0 ELSE 100 END + CASE WHEN k.account__employees IS NULL THEN 0 ELSE 100 END + CASE WHEN k.account__revenue IS NULL THEN 0 ELSE 100 END
          )
        ) + 12
      ) DIV (
        2 * 12
      ) AS known,
      NULLIF(
        REGEXP_EXTRACT(
          LOWER(TRANSLATE(TRIM('                　' FROM lead__email), 'İΣ', 'iσ')),
          '(?d)^[^@]+@([a-z0-9-][a-z0-9.-]*[.][a-z0-9.-]*[a-z0-9-])[ \\t\\r\\n]*\\z'
        ),
        ''
      ) AS derived__1,
      CASE
        WHEN listed_2.domain IS NULL
        THEN FALSE
        ELSE NOT NULLIF(
          REGEXP_EXTRACT(
            LOWER(TRANSLATE(TRIM('                　' FROM lead__email), 'İΣ', 'iσ')),
            '(?d)^[^@]+@([a-z0-9-][a-z0-9.-]*[.][a-z0-9.-]*[a-z0-9-])[ \\t\\r\\n]*\\z'
          ),
          ''
        ) IS NULL
      END AS derived__2,
      derived__3 AS derived__3,
      derived__4 AS derived__4,
      CASE
        WHEN listed_5.domain IS NULL
        THEN FALSE
        ELSE NOT NULLIF(
          REGEXP_EXTRACT(
            LOWER(TRANSLATE(TRIM('                　' FROM lead__email), 'İΣ', 'iσ')),
            '(?d)^[^@]+@([a-z0-9-][a-z0-9.-]*[.][a-z0-9.-]*[a-z0-9-])[ \\t\\r\\n]*\\z'
          ),
          ''
        ) IS NULL
      END AS derived__5,
      CAST(lead__created_at + CASE
        WHEN lead__created_at >= CAST('2009-12-31 17:00:00' AS TIMESTAMP_NTZ)
        THEN INTERVAL '21600' SECOND
        WHEN lead__created_at >= CAST('2009-06-19 17:00:00' AS TIMESTAMP_NTZ)
        THEN INTERVAL '25200' SECOND
        ELSE INTERVAL '21600' SECOND
      END AS DATE) AS derived__6,
      k.lead__job_title,
      k.lead__country,
      k.lead__birthday,
      k.lead__budget,
      k.lead__opt_in,
      k.`lead__Rank`,
      k.lead__order,
      k.account__industry,
      k.account__employees,
      k.account__revenue
    FROM known_leads AS k
    LEFT JOIN titles_1
      ON titles_1.title = lead__job_title
    LEFT JOIN disposable_domains AS listed_2
      ON listed_2.domain = LOWER(
        TRANSLATE(
          TRIM('                　' FROM SUBSTRING(lead__email, LOCATE('@', lead__email) + 1)),
          'İΣ',
          'iσ'
        )
      )
    LEFT JOIN free_domains AS listed_5
      ON listed_5.domain = LOWER(
        TRANSLATE(
          TRIM('                　' FROM SUBSTRING(lead__email, LOCATE('@', lead__email) + 1)),
          'İΣ',
          'iσ'
        )
      )
  ) AS l
), repeated_ids /* repeated_ids: ids that more than one event has; one row per fingerprint */ AS (
  SELECT
    f.fingerprint
  FROM (
    SELECT
      CASE WHEN e.event_id <> '' THEN HASH(e.event_id) END AS fingerprint
    FROM event_rows AS e
    WHERE
      NOT e.timestamp IS NULL AND TRUE
  ) AS f
  WHERE
    NOT f.fingerprint IS NULL
  GROUP BY
    f.fingerprint
  HAVING
    COUNT(*) > 1
), first_of_repeated /* first_of_repeated: of events that share an id on one day, the earliest */ AS (
  SELECT
    e.lead_id,
    e.event,
    CAST(DATEDIFF(
      CAST(e.timestamp + CASE
        WHEN e.timestamp >= CAST('2009-12-31 17:00:00' AS TIMESTAMP_NTZ)
        THEN INTERVAL '21600' SECOND
        WHEN e.timestamp >= CAST('2009-06-19 17:00:00' AS TIMESTAMP_NTZ)
        THEN INTERVAL '25200' SECOND
        ELSE INTERVAL '21600' SECOND
      END AS DATE),
      CAST('1970-01-01' AS DATE)
    ) AS INT) AS day,
    e.event__url,
    e.event__seconds,
    e.event__plan,
    e.event__paid
  FROM (
    SELECT
      i.*,
      ROW_NUMBER() OVER (
        PARTITION BY i.event_id, i.id_day
        ORDER BY i.timestamp NULLS LAST, i.lead_id NULLS LAST, i.event NULLS LAST, i.event__url NULLS LAST, i.event__seconds NULLS LAST, i.event__plan NULLS LAST, i.event__paid NULLS LAST, i.bot NULLS LAST
      ) AS place
    FROM (
      SELECT
        e.*,
        CAST(DATEDIFF(
          CAST(e.timestamp + CASE
            WHEN e.timestamp >= CAST('2009-12-31 17:00:00' AS TIMESTAMP_NTZ)
            THEN INTERVAL '21600' SECOND
            WHEN e.timestamp >= CAST('2009-06-19 17:00:00' AS TIMESTAMP_NTZ)
            THEN INTERVAL '25200' SECOND
            ELSE INTERVAL '21600' SECOND
          END AS DATE),
          CAST('1970-01-01' AS DATE)
        ) AS INT) AS id_day
      FROM event_rows AS e
      JOIN repeated_ids AS r
        ON r.fingerprint = CASE WHEN e.event_id <> '' THEN HASH(e.event_id) END
      WHERE
        (
          e.timestamp < CAST('2026-07-01 18:00:00' AS TIMESTAMP_NTZ)
        ) AND TRUE
    ) AS i
  ) AS e
  WHERE
    (
      NOT e.lead_id IS NULL AND NOT e.event IS NULL
    )
    AND e.timestamp < CAST('2026-07-01 18:00:00' AS TIMESTAMP_NTZ)
    AND e.place = 1
    AND NOT COALESCE(e.bot, FALSE)
), events /* events: events that may count: readable, not by bots, not after the day, each id once a day */ AS (
  SELECT
    e.lead_id,
    e.event,
    CAST(DATEDIFF(
      CAST(e.timestamp + CASE
        WHEN e.timestamp >= CAST('2009-12-31 17:00:00' AS TIMESTAMP_NTZ)
        THEN INTERVAL '21600' SECOND
        WHEN e.timestamp >= CAST('2009-06-19 17:00:00' AS TIMESTAMP_NTZ)
        THEN INTERVAL '25200' SECOND
        ELSE INTERVAL '21600' SECOND
      END AS DATE),
      CAST('1970-01-01' AS DATE)
    ) AS INT) AS day,
    e.event__url,
    e.event__seconds,
    e.event__plan,
    e.event__paid
  FROM event_rows AS e
  LEFT JOIN repeated_ids AS r
    ON r.fingerprint = CASE WHEN e.event_id <> '' THEN HASH(e.event_id) END
  WHERE
    (
      NOT e.lead_id IS NULL AND NOT e.event IS NULL
    )
    AND e.timestamp < CAST('2026-07-01 18:00:00' AS TIMESTAMP_NTZ)
    AND r.fingerprint IS NULL
    AND NOT COALESCE(e.bot, FALSE)
  UNION ALL
  SELECT
    f.*
  FROM first_of_repeated AS f
), counted_events /* counted_events: events, once for each counter that counts them */ AS (
  SELECT
    l.lead,
    c.counter,
    c.day
  FROM (
    SELECT
      e.lead_id,
      c.counter,
      e.day
    FROM events AS e
    JOIN counted AS c
      ON e.event = c.event
    WHERE
      (
        c.counter IN (1, 6, 7, 2, 4, 5, 8, 10)
        AND e.event IN (
          'contact_sales',
          'demo_request',
          'email_open',
          'email_sent',
          'login',
          'page_view',
          'webinar'
        )
        AND (
          e.day >= c.first_day AND e.day <= c.last_day
        )
      )
      AND CASE c.counter
        WHEN 1
        THEN event__url LIKE '%/pricing%' AND event__paid
        WHEN 8
        THEN TRY_CAST(CASE
          WHEN ABS(CAST(TRY_CAST(event__seconds AS DECIMAL(24, 6)) AS DOUBLE) * CAST(2 AS DOUBLE)) < 1e19
          THEN CAST(CAST(CAST(TRY_CAST(event__seconds AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(2 AS DECIMAL(38, 0)) AS STRING) || 'E-6' AS DECIMAL(38, 6))
        END AS DECIMAL(24, 6)) > 10
        AND event__plan <> 'it\'s \\ free'
        ELSE TRUE
      END
    UNION ALL
    SELECT
      e.lead_id,
      c.counter,
      e.day
    FROM events AS e
    JOIN counted AS c
      ON c.event IS NULL
    WHERE
      c.counter IN (9, 11, 12) AND (
        e.day >= c.first_day AND e.day <= c.last_day
      )
  ) AS c
  JOIN leads AS l
    ON l.lead_id = c.lead_id AND NOT l.excluded
), matches /* matches: how many events a counter counted: on a day where the day matters, else in all; one row per lead, counter, day */ AS (
  SELECT
    m.lead,
    m.counter,
    m.day,
    CAST(COUNT(*) AS BIGINT) AS n,
    MAX(m.last_day) AS last_day
  FROM (
    SELECT
      c.lead,
      c.counter,
      CASE WHEN c.counter IN (1, 6, 7) THEN c.day END AS day,
      c.day AS last_day
    FROM counted_events AS c
  ) AS m
  GROUP BY
    m.lead,
    m.counter,
    m.day
), amounts /* amounts: events, once for each counter that adds a field of theirs up */ AS (
  SELECT
    l.lead,
    c.counter,
    c.day,
    c.amount
  FROM (
    SELECT
      e.lead_id,
      c.counter,
      e.day,
      CASE c.counter
        WHEN 3
        THEN CAST(COALESCE(TRY_CAST(e.event__seconds AS DECIMAL(24, 6)), 0) * 1000000 AS DECIMAL(38, 0))
        ELSE CAST(NULL AS DECIMAL(38, 0))
      END AS amount
    FROM events AS e
    JOIN counted AS c
      ON e.event = c.event
    WHERE
      c.counter IN (3)
      AND e.event IN ('page_view')
      AND (
        e.day >= c.first_day AND e.day <= c.last_day
      )
  ) AS c
  JOIN leads AS l
    ON l.lead_id = c.lead_id AND NOT l.excluded
), totals /* totals: what a counter added up; one row per lead, counter */ AS (
  SELECT
    c.lead,
    c.counter,
    CAST(COUNT(*) AS BIGINT) AS n,
    MAX(c.day) AS last_day,
    SUM(c.amount) AS amount
  FROM amounts AS c
  GROUP BY
    c.lead,
    c.counter
), measures /* measures: what each event rule counted in its window; one row per lead, rule */ AS (
  SELECT
    m.lead,
    c.rule,
    CAST(SUM(LEAST(m.n, c.per_day)) AS BIGINT) AS count,
    MAX(m.day) AS last_day,
    SUM(LEAST(m.n, c.per_day) * COALESCE(w.weight, c.last_weight)) AS added
  FROM matches AS m
  JOIN counters AS c
    ON c.counter = m.counter
  LEFT JOIN weights AS w
    ON w.decay = c.decay AND w.age = 20635 - m.day
  WHERE
    NOT m.day IS NULL
  GROUP BY
    m.lead,
    c.rule
  UNION ALL
  SELECT
    m.lead,
    c.rule,
    m.n AS count,
    m.last_day,
    CAST(m.n * 1000000 AS DECIMAL(38, 0)) AS added
  FROM matches AS m
  JOIN counters AS c
    ON c.counter = m.counter
  WHERE
    m.day IS NULL AND NOT c.rated
  UNION ALL
  SELECT
    m.lead,
    c.rule,
    CAST(SUM(CASE WHEN c.over THEN 0 ELSE m.n END) AS BIGINT) AS count,
    MAX(CASE WHEN NOT c.over THEN m.last_day END) AS last_day,
    SUM(CASE WHEN c.over THEN m.n ELSE 0 END) AS added
  FROM matches AS m
  JOIN counters AS c
    ON c.counter = m.counter
  WHERE
    m.day IS NULL AND c.rated
  GROUP BY
    m.lead,
    c.rule
  UNION ALL
  SELECT
    t.lead,
    c.rule,
    t.n AS count,
    t.last_day,
    t.amount AS added
  FROM totals AS t
  JOIN counters AS c
    ON c.counter = t.counter
), gates /* gates: rules whose condition on the lead holds; one row per lead, rule */ AS (
  SELECT
    l.lead,
    r.rule
  FROM leads AS l
  CROSS JOIN rules AS r
  WHERE
    r.gated
    AND NOT l.excluded
    AND (
      (
        CASE r.rule WHEN 20 THEN lead__opt_in ELSE FALSE END
      )
    )
), event_points /* event_points: points of each event rule for each lead, other than 0 before or after the cap; one row per lead, rule */ AS (
  SELECT
    p.lead,
    p.rule,
    CASE
      WHEN p.cap IS NULL
      THEN p.points
      ELSE GREATEST(
        -CAST(p.cap * 1000000 AS DECIMAL(38, 0)),
        LEAST(CAST(p.cap * 1000000 AS DECIMAL(38, 0)), p.points)
      )
    END AS points,
    p.points AS uncapped,
    p.count,
    p.last_day
  FROM (
    SELECT
      m.lead,
      m.rule,
      r.cap,
      COALESCE(
        CASE r.form
          WHEN 'points'
          THEN CAST(m.added AS DECIMAL(38, 0)) * r.points
          WHEN 'at_least'
          THEN CASE
            WHEN m.count >= r.at_least
            THEN CAST(COALESCE(w.weight, r.last_weight) AS DECIMAL(38, 0)) * r.points
          END
          WHEN 'silent_for'
          THEN CASE
            WHEN 20635 - COALESCE(m.last_day, m.created_day) >= r.silent_for
            THEN CAST(r.points AS DECIMAL(38, 0)) * 1000000
          END
          ELSE CAST(b.points AS DECIMAL(38, 0)) * 1000000
        END,
        0
      ) AS points,
      m.count,
      m.last_day
    FROM (
      SELECT
        s.*,
        CAST(NULL AS INT) AS created_day
      FROM measures AS s
      JOIN rules AS r
        ON r.rule = s.rule
      WHERE
        NOT r.dense
      UNION ALL
      SELECT
        l.lead,
        r.rule,
        COALESCE(s.count, 0) AS count,
        s.last_day,
        COALESCE(s.added, 0) AS added,
        l.created_day
      FROM leads AS l
      CROSS JOIN rules AS r
      LEFT JOIN measures AS s
        ON s.lead = l.lead AND s.rule = r.rule
      WHERE
        r.dense AND NOT l.excluded
    ) AS m
    JOIN rules AS r
      ON r.rule = m.rule
    LEFT JOIN weights AS w
      ON w.decay = r.decay AND w.age = 20635 - m.last_day
    LEFT JOIN bands AS b
      ON b.rule = m.rule
      AND (
        (
          CASE r.form
            WHEN 'frequency'
            THEN CAST(m.count AS DECIMAL(38, 0)) * 1000000
            WHEN 'total'
            THEN m.added
            WHEN 'rate'
            THEN CASE
              WHEN m.added >= r.at_least
              THEN (
                CAST(ROUND(
                  CAST(CAST(m.count AS DECIMAL(38, 0)) * 100000000 AS DOUBLE) / CAST(m.added AS DOUBLE)
                ) AS DECIMAL(38, 0)) + CAST(ROUND(
                  CAST((
                    CAST(m.count AS DECIMAL(38, 0)) * 100000000
                  ) - (
                    CAST(m.count AS DECIMAL(38, 0)) * 100000000
                  ) % m.added - CAST(ROUND(
                    CAST(CAST(m.count AS DECIMAL(38, 0)) * 100000000 AS DOUBLE) / CAST(m.added AS DOUBLE)
                  ) AS DECIMAL(38, 0)) * m.added AS DOUBLE) / CAST(m.added AS DOUBLE)
                ) AS DECIMAL(38, 0))
              )
            END
            WHEN 'recency'
            THEN CAST(20635 - m.last_day AS DECIMAL(38, 0)) * 1000000
          END
        )
      ) >= b.low
      AND (
        b.high IS NULL
        OR (
          (
            CASE r.form
              WHEN 'frequency'
              THEN CAST(m.count AS DECIMAL(38, 0)) * 1000000
              WHEN 'total'
              THEN m.added
              WHEN 'rate'
              THEN CASE
                WHEN m.added >= r.at_least
                THEN (
                  CAST(ROUND(
                    CAST(CAST(m.count AS DECIMAL(38, 0)) * 100000000 AS DOUBLE) / CAST(m.added AS DOUBLE)
                  ) AS DECIMAL(38, 0)) + CAST(ROUND(
                    CAST((
                      CAST(m.count AS DECIMAL(38, 0)) * 100000000
                    ) - (
                      CAST(m.count AS DECIMAL(38, 0)) * 100000000
                    ) % m.added - CAST(ROUND(
                      CAST(CAST(m.count AS DECIMAL(38, 0)) * 100000000 AS DOUBLE) / CAST(m.added AS DOUBLE)
                    ) AS DECIMAL(38, 0)) * m.added AS DOUBLE) / CAST(m.added AS DOUBLE)
                  ) AS DECIMAL(38, 0))
                )
              END
              WHEN 'recency'
              THEN CAST(20635 - m.last_day AS DECIMAL(38, 0)) * 1000000
            END
          )
        ) < b.high
      )
    LEFT JOIN gates AS g
      ON g.lead = m.lead AND g.rule = m.rule
    WHERE
      NOT r.gated OR NOT g.lead IS NULL
  ) AS p
  WHERE
    p.points <> 0
), group_points /* group_points: leads with the points of each group of rules, before the group's cap; one row per lead */ AS (
  SELECT
    l.*,
    CAST(CASE
      WHEN l.excluded
      THEN 0
      ELSE CAST((
        (
          (
            CASE WHEN derived__3 IN ('c_level', 'vp', 'director') THEN 35000 ELSE 0 END
          ) + (
            CASE WHEN derived__4 = 'it' THEN 2500 ELSE 0 END
          ) + (
            CASE WHEN derived__5 THEN (
              -20000
            ) ELSE 0 END
          ) + (
            CASE
              WHEN LOWER(TRANSLATE(lead__country, 'İΣ', 'iσ')) = 'fr'
              OR UPPER(TRANSLATE(TRIM('                　' FROM lead__country), 'ß', 'ẞ')) = 'É'
              OR LENGTH(lead__country) > 2
              THEN 1000
              ELSE 0
            END
          ) + (
            CASE
              WHEN LOCATE(LOWER('Ops'), LOWER(TRANSLATE(lead__job_title, 'İΣ', 'iσ'))) > 0
              OR LEFT(LOWER(TRANSLATE(lead__job_title, 'İΣ', 'iσ')), LENGTH(LOWER('VP'))) = LOWER('VP')
              OR RIGHT(LOWER(TRANSLATE(lead__job_title, 'İΣ', 'iσ')), LENGTH(LOWER('R&D'))) = LOWER('R&D')
              THEN 1000
              ELSE 0
            END
          ) + (
            CASE
              WHEN REGEXP_LIKE(
                lead__job_title,
                '(?d)(?iu)^[\\t\\n\\f\\r ]*(vp|head)(?:(?<=\\w)(?!\\w)|(?<!\\w)(?=\\w))[^\\d{]+\\z'
              )
              THEN 1000
              ELSE 0
            END
          ) + (
            CASE
              WHEN lead__country LIKE 'F\\\\%_'
              OR LOWER(TRANSLATE(lead__country, 'İΣ', 'iσ')) LIKE REPLACE(LOWER('é%'), '\\', '\\\\')
              OR NOT (
                lead__country LIKE REPLACE(`lead__Rank`, '\\', '\\\\')
              )
              THEN 1000
              ELSE 0
            END
          ) + (
            CASE
              WHEN TRY_CAST(TRY_CAST(ABS(
                TRY_CAST(CAST(lead__budget AS DECIMAL(38, 6)) - TRY_CAST(CASE
                  WHEN ABS(CAST(account__revenue AS DOUBLE) * CAST(1.5 AS DOUBLE)) < 1e19
                  THEN CAST(CAST(CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(1.5 AS DECIMAL(19, 1)) * 10 AS DECIMAL(38, 0)) AS STRING) || 'E-7' AS DECIMAL(38, 7))
                END AS DECIMAL(25, 7)) AS DECIMAL(25, 7))
              ) AS DECIMAL(25, 7)) + TRY_CAST(ROUND(
                TRY_CAST(CAST(TRY_CAST(CAST(SIGN(
                  CAST(TRY_CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                ) AS INT) * CAST(SIGN(
                  CAST(TRY_CAST(account__employees AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                ) AS INT) * (
                  (
                    CAST(ROUND(
                      CAST((
                        2 * ABS(
                          CAST(TRY_CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                        ) + ABS(
                          CAST(TRY_CAST(account__employees AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                        )
                      ) AS DOUBLE) / CAST(NULLIF(
                        2 * ABS(
                          CAST(TRY_CAST(account__employees AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                        ),
                        0
                      ) AS DOUBLE)
                    ) AS DECIMAL(38, 0)) + CAST(ROUND(
                      CAST((
                        (
                          2 * ABS(
                            CAST(TRY_CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                          ) + ABS(
                            CAST(TRY_CAST(account__employees AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                          )
                        )
                      ) - (
                        (
                          2 * ABS(
                            CAST(TRY_CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                          ) + ABS(
                            CAST(TRY_CAST(account__employees AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                          )
                        )
                      ) % NULLIF(
                        2 * ABS(
                          CAST(TRY_CAST(account__employees AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                        ),
                        0
                      ) - CAST(ROUND(
                        CAST((
                          2 * ABS(
                            CAST(TRY_CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                          ) + ABS(
                            CAST(TRY_CAST(account__employees AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                          )
                        ) AS DOUBLE) / CAST(NULLIF(
                          2 * ABS(
                            CAST(TRY_CAST(account__employees AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                          ),
                          0
                        ) AS DOUBLE)
                      ) AS DECIMAL(38, 0)) * NULLIF(
                        2 * ABS(
                          CAST(TRY_CAST(account__employees AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                        ),
                        0
                      ) AS DOUBLE) / CAST(NULLIF(
                        2 * ABS(
                          CAST(TRY_CAST(account__employees AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1' AS DECIMAL(38, 0))
                        ),
                        0
                      ) AS DOUBLE)
                    ) AS DECIMAL(38, 0))
                  )
                ) AS DECIMAL(24, 0)) AS DECIMAL(24, 0)) * CAST('0.000001' AS DECIMAL(6, 6)) AS DECIMAL(24, 6)),
                2
              ) AS DECIMAL(20, 2)) AS DECIMAL(25, 7)) > (
                -1.25
              )
              OR TRY_CAST(CASE
                WHEN ABS(
                  CAST(TRY_CAST(CASE
                    WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                    THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                  END AS DECIMAL(30, 12)) AS DOUBLE) * CAST(0.5 AS DOUBLE)
                ) < 1e19
                THEN CAST(CAST((
                  CAST(FLOOR(
                    TRY_CAST(CASE
                      WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                      THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                    END AS DECIMAL(30, 12))
                  ) AS DECIMAL(38, 0)) * 1000000000000 + CAST(CAST(TRY_CAST(CASE
                    WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                    THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                  END AS DECIMAL(30, 12)) - FLOOR(
                    TRY_CAST(CASE
                      WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                      THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                    END AS DECIMAL(30, 12))
                  ) AS DECIMAL(13, 12)) * 1000000000000 AS DECIMAL(38, 0))
                ) * CAST(CAST(0.5 AS DECIMAL(19, 1)) * 10 AS DECIMAL(38, 0)) AS STRING) || 'E-13' AS DECIMAL(38, 13))
              END AS DECIMAL(31, 13)) > 1
              OR TRY_CAST(CAST(TRY_CAST(CAST(SIGN(
                (
                  CAST(CASE
                    WHEN TRY_CAST(TRY_CAST(CASE
                      WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                      THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                    END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) < 0
                    THEN CEIL(
                      TRY_CAST(TRY_CAST(CASE
                        WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                        THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                      END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                    )
                    ELSE FLOOR(
                      TRY_CAST(TRY_CAST(CASE
                        WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                        THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                      END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                    )
                  END AS DECIMAL(38, 0)) * 1000000000000 + CAST(CAST(TRY_CAST(TRY_CAST(CASE
                    WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                    THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                  END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) - CASE
                    WHEN TRY_CAST(TRY_CAST(CASE
                      WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                      THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                    END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) < 0
                    THEN CEIL(
                      TRY_CAST(TRY_CAST(CASE
                        WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                        THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                      END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                    )
                    ELSE FLOOR(
                      TRY_CAST(TRY_CAST(CASE
                        WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                        THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                      END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                    )
                  END AS DECIMAL(13, 12)) * 1000000000000 AS DECIMAL(38, 0))
                ) * CAST('1' AS DECIMAL(38, 0))
              ) AS INT) * CAST(SIGN(
                CAST(TRY_CAST(3 AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1000000' AS DECIMAL(38, 0))
              ) AS INT) * (
                (
                  CAST(ROUND(
                    CAST((
                      2 * ABS(
                        (
                          CAST(CASE
                            WHEN TRY_CAST(TRY_CAST(CASE
                              WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                              THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                            END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) < 0
                            THEN CEIL(
                              TRY_CAST(TRY_CAST(CASE
                                WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                              END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                            )
                            ELSE FLOOR(
                              TRY_CAST(TRY_CAST(CASE
                                WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                              END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                            )
                          END AS DECIMAL(38, 0)) * 1000000000000 + CAST(CAST(TRY_CAST(TRY_CAST(CASE
                            WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                            THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                          END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) - CASE
                            WHEN TRY_CAST(TRY_CAST(CASE
                              WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                              THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                            END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) < 0
                            THEN CEIL(
                              TRY_CAST(TRY_CAST(CASE
                                WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                              END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                            )
                            ELSE FLOOR(
                              TRY_CAST(TRY_CAST(CASE
                                WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                              END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                            )
                          END AS DECIMAL(13, 12)) * 1000000000000 AS DECIMAL(38, 0))
                        ) * CAST('1' AS DECIMAL(38, 0))
                      ) + ABS(
                        CAST(TRY_CAST(3 AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1000000' AS DECIMAL(38, 0))
                      )
                    ) AS DOUBLE) / CAST(NULLIF(
                      2 * ABS(
                        CAST(TRY_CAST(3 AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1000000' AS DECIMAL(38, 0))
                      ),
                      0
                    ) AS DOUBLE)
                  ) AS DECIMAL(38, 0)) + CAST(ROUND(
                    CAST((
                      (
                        2 * ABS(
                          (
                            CAST(CASE
                              WHEN TRY_CAST(TRY_CAST(CASE
                                WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                              END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) < 0
                              THEN CEIL(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                              ELSE FLOOR(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                            END AS DECIMAL(38, 0)) * 1000000000000 + CAST(CAST(TRY_CAST(TRY_CAST(CASE
                              WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                              THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                            END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) - CASE
                              WHEN TRY_CAST(TRY_CAST(CASE
                                WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                              END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) < 0
                              THEN CEIL(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                              ELSE FLOOR(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                            END AS DECIMAL(13, 12)) * 1000000000000 AS DECIMAL(38, 0))
                          ) * CAST('1' AS DECIMAL(38, 0))
                        ) + ABS(
                          CAST(TRY_CAST(3 AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1000000' AS DECIMAL(38, 0))
                        )
                      )
                    ) - (
                      (
                        2 * ABS(
                          (
                            CAST(CASE
                              WHEN TRY_CAST(TRY_CAST(CASE
                                WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                              END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) < 0
                              THEN CEIL(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                              ELSE FLOOR(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                            END AS DECIMAL(38, 0)) * 1000000000000 + CAST(CAST(TRY_CAST(TRY_CAST(CASE
                              WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                              THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                            END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) - CASE
                              WHEN TRY_CAST(TRY_CAST(CASE
                                WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                              END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) < 0
                              THEN CEIL(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                              ELSE FLOOR(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                            END AS DECIMAL(13, 12)) * 1000000000000 AS DECIMAL(38, 0))
                          ) * CAST('1' AS DECIMAL(38, 0))
                        ) + ABS(
                          CAST(TRY_CAST(3 AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1000000' AS DECIMAL(38, 0))
                        )
                      )
                    ) % NULLIF(
                      2 * ABS(
                        CAST(TRY_CAST(3 AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1000000' AS DECIMAL(38, 0))
                      ),
                      0
                    ) - CAST(ROUND(
                      CAST((
                        2 * ABS(
                          (
                            CAST(CASE
                              WHEN TRY_CAST(TRY_CAST(CASE
                                WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                              END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) < 0
                              THEN CEIL(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                              ELSE FLOOR(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                            END AS DECIMAL(38, 0)) * 1000000000000 + CAST(CAST(TRY_CAST(TRY_CAST(CASE
                              WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                              THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                            END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) - CASE
                              WHEN TRY_CAST(TRY_CAST(CASE
                                WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                              END AS DECIMAL(30, 12)) AS DECIMAL(30, 12)) < 0
                              THEN CEIL(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                              ELSE FLOOR(
                                TRY_CAST(TRY_CAST(CASE
                                  WHEN ABS(CAST(lead__budget AS DOUBLE) * CAST(account__revenue AS DOUBLE)) < 1e19
                                  THEN CAST(CAST(CAST(CAST(lead__budget AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * CAST(CAST(account__revenue AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' AS DECIMAL(38, 12))
                                END AS DECIMAL(30, 12)) AS DECIMAL(30, 12))
                              )
                            END AS DECIMAL(13, 12)) * 1000000000000 AS DECIMAL(38, 0))
                          ) * CAST('1' AS DECIMAL(38, 0))
                        ) + ABS(
                          CAST(TRY_CAST(3 AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1000000' AS DECIMAL(38, 0))
                        )
                      ) AS DOUBLE) / CAST(NULLIF(
                        2 * ABS(
                          CAST(TRY_CAST(3 AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1000000' AS DECIMAL(38, 0))
                        ),
                        0
                      ) AS DOUBLE)
                    ) AS DECIMAL(38, 0)) * NULLIF(
                      2 * ABS(
                        CAST(TRY_CAST(3 AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1000000' AS DECIMAL(38, 0))
                      ),
                      0
                    ) AS DOUBLE) / CAST(NULLIF(
                      2 * ABS(
                        CAST(TRY_CAST(3 AS DECIMAL(18, 0)) * 1 AS DECIMAL(38, 0)) * CAST('1000000' AS DECIMAL(38, 0))
                      ),
                      0
                    ) AS DOUBLE)
                  ) AS DECIMAL(38, 0))
                )
              ) AS DECIMAL(24, 0)) AS DECIMAL(24, 0)) * CAST('0.000001' AS DECIMAL(6, 6)) AS DECIMAL(24, 6)) > 1
              THEN 1000
              ELSE 0
            END
          ) + (
            CASE
              WHEN (
                CASE WHEN lead__opt_in THEN lead__budget ELSE COALESCE(account__revenue, 0) END >= 10
                AND CASE WHEN lead__opt_in THEN lead__budget ELSE COALESCE(account__revenue, 0) END <= 20.5
              )
              THEN 1000
              ELSE 0
            END
          ) + (
            CASE
              WHEN (
                20635 - CAST(DATEDIFF(lead__birthday, CAST('1970-01-01' AS DATE)) AS INT)
              ) > 365
              OR derived__6 >= CAST('2026-01-01' AS DATE)
              OR (
                20635 - CAST(DATEDIFF(derived__6, CAST('1970-01-01' AS DATE)) AS INT)
              ) < 7
              THEN 1000
              ELSE 0
            END
          ) + (
            CASE
              WHEN lead__order IS NULL
              AND NOT (
                `lead__Rank` IS NULL
              )
              AND NOT (
                (
                  lead__country IN ('FR', `lead__Rank`)
                )
              )
              THEN 1000
              ELSE 0
            END
          )
        )
      ) * CAST(1000000 AS BIGINT) AS DECIMAL(38, 0))
    END AS DECIMAL(38, 0)) AS group__1,
    CAST(CASE
      WHEN l.excluded
      THEN 0
      ELSE CAST((
        (
          (
            CASE
              WHEN account__employees >= 250
              THEN 25000
              WHEN account__employees >= 50
              THEN 15000
              WHEN account__employees >= 10
              THEN 5000
              WHEN account__employees >= 0
              THEN 0
              ELSE 0
            END
          ) + GREATEST(
            (
              -20000
            ),
            LEAST(
              20000,
              (
                CASE
                  WHEN LOWER(TRANSLATE(account__industry, 'İΣ', 'iσ')) = LOWER('software')
                  THEN 25000
                  WHEN LOWER(TRANSLATE(account__industry, 'İΣ', 'iσ')) = LOWER('l\'énergie')
                  THEN 15000
                  ELSE (
                    -1000
                  )
                END
              )
            )
          )
        )
      ) * CAST(1000000 AS BIGINT) AS DECIMAL(38, 0))
    END AS DECIMAL(38, 0)) AS group__2,
    CAST(COALESCE(e.group__3, 0) AS DECIMAL(38, 0)) AS group__3,
    CAST(COALESCE(e.group__4, 0) AS DECIMAL(38, 0)) AS group__4,
    e.hit__18 = 1 AS hit__18
  FROM leads AS l
  LEFT JOIN (
    SELECT
      p.lead,
      SUM(CASE WHEN r.bucket = 3 THEN p.points ELSE 0 END) AS group__3,
      SUM(CASE WHEN r.bucket = 4 THEN p.points ELSE 0 END) AS group__4,
      MAX(CASE WHEN p.rule = 18 AND p.points <> 0 THEN 1 ELSE 0 END) AS hit__18
    FROM event_points AS p
    JOIN rules AS r
      ON r.rule = p.rule
    GROUP BY
      p.lead
  ) AS e
    ON e.lead = l.lead
), dimension_points /* dimension_points: leads with their dimensions, before the range; one row per lead */ AS (
  SELECT
    g.excluded,
    g.lead,
    g.lead_id,
    g.account_id,
    g.created_day,
    g.known,
    g.derived__1,
    g.derived__2,
    g.derived__3,
    g.derived__4,
    g.derived__5,
    g.derived__6,
    g.lead__job_title,
    g.lead__country,
    g.lead__birthday,
    g.lead__budget,
    g.lead__opt_in,
    g.`lead__Rank`,
    g.lead__order,
    g.account__industry,
    g.account__employees,
    g.account__revenue,
    g.group__1 + GREATEST(
      CAST((
        -30000000000
      ) AS DECIMAL(38, 0)),
      LEAST(CAST(30000000000 AS DECIMAL(38, 0)), g.group__2)
    ) AS nano__fit,
    g.group__3 + GREATEST(
      CAST((
        -40000000000
      ) AS DECIMAL(38, 0)),
      LEAST(CAST(40000000000 AS DECIMAL(38, 0)), g.group__4)
    ) AS nano__engagement,
    g.hit__18
  FROM group_points AS g
), last_events /* last_events: the latest event of each lead; one row per lead */ AS (
  SELECT
    m.lead,
    m.last_day
  FROM measures AS m
  WHERE
    m.rule = 0
), dimension_values /* dimension_values: leads with their dimensions, limited and rounded; one row per lead */ AS (
  SELECT
    p.excluded,
    p.lead,
    p.lead_id,
    p.account_id,
    p.created_day,
    p.known,
    p.derived__1,
    p.derived__2,
    p.derived__3,
    p.derived__4,
    p.derived__5,
    p.derived__6,
    p.lead__job_title,
    p.lead__country,
    p.lead__birthday,
    p.lead__budget,
    p.lead__opt_in,
    p.`lead__Rank`,
    p.lead__order,
    p.account__industry,
    p.account__employees,
    p.account__revenue,
    CAST(CAST(SIGN(CAST(GREATEST((
      -50000000000
    ), LEAST(100000000000, p.nano__fit)) AS BIGINT)) AS INT) * (
      (
        2 * ABS(CAST(GREATEST((
          -50000000000
        ), LEAST(100000000000, p.nano__fit)) AS BIGINT)) + 10000000
      ) DIV (
        2 * 10000000
      )
    ) AS BIGINT) AS cents__fit,
    CAST(CAST(SIGN(CAST(GREATEST(0, LEAST(100000000000, p.nano__engagement)) AS BIGINT)) AS INT) * (
      (
        2 * ABS(CAST(GREATEST(0, LEAST(100000000000, p.nano__engagement)) AS BIGINT)) + 10000000
      ) DIV (
        2 * 10000000
      )
    ) AS BIGINT) AS cents__engagement,
    p.hit__18,
    20635 - e.last_day AS days_since_last_event
  FROM dimension_points AS p
  LEFT JOIN last_events AS e
    ON e.lead = p.lead
), scores /* scores: leads with dimensions, grades, score, cell and temperature; one row per lead */ AS (
  SELECT
    t.*,
    CASE
      WHEN score >= 70 AND days_since_last_event < 3
      THEN 'hot'
      WHEN score >= 50
      THEN 'warm'
      WHEN TRUE
      THEN 'cold'
      ELSE NULL
    END AS temperature
  FROM (
    SELECT
      excluded,
      lead,
      lead_id,
      account_id,
      created_day,
      known,
      derived__1,
      derived__2,
      derived__3,
      derived__4,
      derived__5,
      derived__6,
      lead__job_title,
      lead__country,
      lead__birthday,
      lead__budget,
      lead__opt_in,
      `lead__Rank`,
      lead__order,
      account__industry,
      account__employees,
      account__revenue,
      hit__18,
      days_since_last_event,
      dimension__fit,
      dimension__engagement,
      grade__fit,
      grade__engagement,
      score,
      CONCAT(COALESCE(grade__fit, ''), COALESCE(grade__engagement, '')) AS cell
    FROM (
      SELECT
        excluded,
        lead,
        lead_id,
        account_id,
        created_day,
        known,
        derived__1,
        derived__2,
        derived__3,
        derived__4,
        derived__5,
        derived__6,
        lead__job_title,
        lead__country,
        lead__birthday,
        lead__budget,
        lead__opt_in,
        `lead__Rank`,
        lead__order,
        account__industry,
        account__employees,
        account__revenue,
        hit__18,
        days_since_last_event,
        CAST(CAST(cents__fit AS DECIMAL(18, 0)) * CAST('0.01' AS DECIMAL(2, 2)) AS DECIMAL(18, 2)) AS dimension__fit,
        CAST(CAST(cents__engagement AS DECIMAL(18, 0)) * CAST('0.01' AS DECIMAL(2, 2)) AS DECIMAL(18, 2)) AS dimension__engagement,
        CASE
          WHEN cents__fit * 10 >= 75000
          THEN 'A'
          WHEN cents__fit * 10 >= 50000
          THEN 'B'
          WHEN cents__fit * 10 >= 25000
          THEN 'C'
          ELSE 'D'
        END AS grade__fit,
        CASE
          WHEN cents__engagement * 10 >= 75000
          THEN '4'
          WHEN cents__engagement * 10 >= 50000
          THEN '3'
          WHEN cents__engagement * 10 >= 25000
          THEN '2'
          ELSE '1'
        END AS grade__engagement,
        CAST(CAST(GREATEST(
          0,
          LEAST(
            10000,
            CAST(SIGN((
              cents__fit * CAST(400 AS BIGINT) + cents__engagement * CAST(600 AS BIGINT)
            )) AS INT) * (
              (
                2 * ABS((
                  cents__fit * CAST(400 AS BIGINT) + cents__engagement * CAST(600 AS BIGINT)
                )) + 1000
              ) DIV (
                2 * 1000
              )
            )
          )
        ) AS DECIMAL(18, 0)) * CAST('0.01' AS DECIMAL(2, 2)) AS DECIMAL(18, 2)) AS score
      FROM dimension_values AS v
    ) AS s
  ) AS t
), stages /* stages: scored leads with their stage; one row per lead */ AS (
  SELECT
    s.*,
    CASE
      WHEN score >= 50 AND temperature <> 'cold'
      THEN 'mql'
      WHEN score >= 30
      THEN 'lead'
      WHEN score >= 10
      THEN 'prospect'
      ELSE NULL
    END AS stage
  FROM scores AS s
), played /* played: leads with the play that applies; one row per lead */ AS (
  SELECT
    p.excluded,
    p.lead,
    p.lead_id,
    p.account_id,
    p.known,
    p.hit__18,
    p.days_since_last_event,
    p.dimension__fit,
    p.dimension__engagement,
    p.grade__fit,
    p.grade__engagement,
    p.score,
    p.cell,
    p.temperature,
    p.stage,
    p.play_place
  FROM (
    SELECT
      s.*,
      CAST(CASE
        WHEN COALESCE(hit__18, FALSE) AND grade__fit IN ('A', 'B') AND stage = 'mql'
        THEN 1
        WHEN cell <> 'D1'
        THEN 2
        ELSE NULL
      END AS INT) AS play_place
    FROM stages AS s
  ) AS p
), ranks /* ranks: the order of calling; one row per lead */ AS (
  SELECT
    p.lead,
    CAST(ROW_NUMBER() OVER (
      ORDER BY CAST((
        COALESCE(p.play_place, 3) + CASE WHEN p.excluded THEN 3 ELSE 0 END
      ) AS BIGINT) * 10001 + (
        10000 - CAST(p.score * 100 AS BIGINT)
      ) NULLS LAST, p.lead_id NULLS LAST
    ) AS BIGINT) AS rank
  FROM played AS p
), actions /* actions: leads with the play that applies and the order of calling; one row per lead */ AS (
  SELECT
    p.excluded,
    p.lead,
    p.lead_id,
    p.account_id,
    p.known,
    p.hit__18,
    p.days_since_last_event,
    p.dimension__fit,
    p.dimension__engagement,
    p.grade__fit,
    p.grade__engagement,
    p.score,
    p.cell,
    p.temperature,
    p.stage,
    p.play_place,
    CASE WHEN NOT p.excluded THEN r.rank END AS rank
  FROM played AS p
  JOIN ranks AS r
    ON r.lead = p.lead
), verdicts /* verdicts: the verdict on each lead; one row per lead_id */ AS (
  SELECT
    a.lead_id,
    'every-construct' AS model,
    2 AS version,
    CAST('2026-07-01' AS DATE) AS as_of,
    a.excluded,
    CASE WHEN NOT a.excluded THEN a.dimension__fit END AS fit,
    CASE WHEN NOT a.excluded THEN a.dimension__engagement END AS engagement,
    CASE WHEN NOT a.excluded THEN a.grade__fit END AS fit_grade,
    CASE WHEN NOT a.excluded THEN a.grade__engagement END AS engagement_grade,
    CASE WHEN NOT a.excluded THEN a.score END AS score,
    CASE WHEN NOT a.excluded THEN a.cell END AS cell,
    CASE WHEN NOT a.excluded THEN a.temperature END AS temperature,
    CASE WHEN NOT a.excluded THEN a.stage END AS stage,
    CASE
      WHEN NOT a.excluded
      THEN CASE
        WHEN a.play_place = 1
        THEN 'fast_track'
        WHEN a.play_place = 2
        THEN 'keep_warm'
        ELSE NULL
      END
    END AS play,
    CASE
      WHEN NOT a.excluded
      THEN CAST(CAST(a.known AS DECIMAL(18, 0)) * CAST('0.01' AS DECIMAL(2, 2)) AS DECIMAL(18, 2))
    END AS known,
    a.rank
  FROM actions AS a
)
SELECT
  *
FROM verdicts
