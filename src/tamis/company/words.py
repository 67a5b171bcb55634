"""Word lists of the generated company: made-up firms, ordinary first names, product lines.

No firm, address or telephone number here can reach anybody: domains end in the reserved
``.example``, numbers come from the ranges that France and Britain keep for fiction.
"""

from __future__ import annotations


def _listed(words: str) -> tuple[str, ...]:
    """The words of a text, one entry each."""
    return tuple(words.split())


FIRST_NAMES_FR = _listed(
    "Camille Claire Sophie Nathalie Isabelle Aurélie Élodie Céline Hélène Léa Manon Chloé Inès Zoé "
    "Fatima Amélie Juliette Margaux Anaïs Sandrine Pierre Julien Nicolas Thomas Antoine Mathieu "
    "François Frédéric Laurent Jérôme Sébastien Stéphane Benoît Rémi Loïc Karim Mehdi Hugo Lucas "
    "Jean-Marc Marie-Laure Anne-Sophie Guillaume Olivier Vincent Romain Yann Gaëlle Solène Bastien"
)
LAST_NAMES_FR = _listed(
    "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre "
    "Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Lefèvre Mercier Dupont "
    "Lambert Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc Guérin Müller Henry "
    "Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine Chevalier Robin "
    "Masson Sanchez Gérard Nguyen Boyer Denis Lemaire Duval Joly Benali Haddad Diallo Le-Goff"
)
FIRST_NAMES_EN = _listed(
    "Emma Olivia Sarah Laura Hannah Rachel Megan Emily Charlotte Lucy Grace Sophie Amy Rebecca "
    "Jessica Fiona Aoife Niamh Priya Aisha James Oliver Jack Harry Thomas William George Daniel "
    "Matthew David Andrew Michael Robert Stephen Paul Mark Kevin Brian Sean Liam Connor Ryan Adam "
    "Ravi Arjun Mohammed Chris Peter Simon Helen"
)
LAST_NAMES_EN = _listed(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker "
    "White Roberts Green Hall Wood Jackson Clarke Patel Khan Lewis James Phillips Mason Mitchell "
    "Rose Davis Rodgers Murphy Kelly Byrne Ryan Walsh Sullivan Doyle McCarthy Gallagher Singh Shah "
    "Young King Baker Hill Moore Scott Cooper Ward Turner Carter Parker Collins Edwards Stewart"
)

FIRM_HEADS = _listed(
    "Nor Val Mer Cas Lum Bel Ter Arc Sol Vir Gal Mon Ser Tal Cor Or Lin Fer Mar Del Ves Cal Ald "
    "Bri Cler Dor Esc Flo Gran Hel Isa Jor Lau Mir Ner Oli Per Quin Ros Sav Tor Ur Ver Wil Yv Zel"
)
FIRM_TAILS = _listed(
    "dane vane ral teo lys mond gard ine elle anne aud ette iance ora ica ent alis onde arque "
    "ieu ault igny ency ay oise ières field ton wick bury dale ford combe stead mere worth"
)
FIRM_FORMS_FR = ("", "", "", "Groupe ", "Ateliers ", "Maison ", "Cabinet ", "Établissements ")
FIRM_FORMS_EN = ("", "", "", " Ltd", " Group", " Inc.", " Partners")
#: What a firm's name says of its trade, by industry: French words, then English ones.
FIRM_TRADES = {
    "software": ("Logiciels Numérique Informatique Data", "Software Digital Analytics Systems"),
    "finance": ("Assurances Patrimoine Finance Gestion", "Capital Insurance Finance Wealth"),
    "industry": ("Industries Mécanique Métallurgie Textile", "Industries Engineering Metals Foods"),
    "retail": ("Distribution Boutiques Négoce Décoration", "Retail Stores Trading Home"),
    "health": ("Santé Cliniques Soins Pharma", "Health Clinics Care Pharma"),
    "public": ("Territoires Aménagement Habitat", "Housing Council Transport"),
    "education": ("Formation Campus Enseignement", "Learning Campus Academy"),
    "services": ("Conseil Logistique Transports Services", "Consulting Logistics Freight Services"),
}

#: One entry a share of the firms: repeated words are the weights.
INDUSTRIES = (
    ("software",) * 5
    + ("finance",) * 3
    + ("industry",) * 4
    + ("retail",) * 3
    + ("health",) * 3
    + ("public",) * 2
    + ("education",) * 2
    + ("services",) * 3
)
#: How well a firm of that trade suits what the company sells, 0 to 1.
INDUSTRY_FIT = {
    "software": 1.0,
    "finance": 0.8,
    "services": 0.7,
    "industry": 0.6,
    "health": 0.5,
    "retail": 0.45,
    "public": 0.25,
    "education": 0.2,
}
COUNTRIES_FR = ("FR",) * 17 + ("BE", "CH", "LU")
COUNTRIES_EN = ("GB",) * 9 + ("US",) * 4 + ("IE",) * 3 + ("DE", "NL", "ES", "CA")
PLANS = ("starter", "starter", "team", "team", "business", "enterprise")

FREE_MAIL_FR = ("gmail.com",) * 4 + (
    "orange.fr",
    "free.fr",
    "laposte.net",
    "hotmail.fr",
    "yahoo.fr",
)
FREE_MAIL_EN = ("gmail.com",) * 4 + ("outlook.com", "hotmail.com", "yahoo.com", "icloud.com")
DISPOSABLE_MAIL = ("yopmail.com", "mailinator.com", "guerrillamail.com", "10minutemail.com")
COMPETITOR_MAIL = ("rival.example", "concurrent.example")

SOURCES = (
    ("organic",) * 6
    + ("paid_search",) * 4
    + ("newsletter",) * 2
    + ("referral",) * 2
    + ("trade_show",) * 2
    + ("direct",) * 3
    + ("partner",)
    + ("social",) * 3
    + ("cold_list",) * 2
)
PRODUCT_LINES = ("pilot", "pilot", "pilot", "flow", "flow", "vault", "desk")
VISIT_CAMPAIGNS = ("brand-search", "generic-search", "retargeting", "social-video", "partners")
