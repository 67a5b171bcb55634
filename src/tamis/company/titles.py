"""Job titles of the generated leads, French and English, with their weight and their value.

A line is ``weight fit title``: the weight is how often the title is met beside the others of its
language, the fit (0 to 9) is how well a person who bears it suits what the company sells.
"""

from __future__ import annotations

FRENCH = """
4 9 Directrice marketing
4 9 Directeur marketing
3 9 Directeur commercial
3 9 Directrice commerciale
2 8 Directrice commerciale adjointe
2 9 Directeur marketing et communication
3 8 Responsable marketing
3 7 Responsable marketing digital
2 8 Responsable acquisition
2 7 Responsable CRM
2 8 Responsable génération de leads
2 9 Chief Marketing Officer
2 9 CMO
1 9 Directeur de la croissance
2 8 Head of Growth
2 7 Responsable des opérations commerciales
1 8 Responsable RevOps
3 7 Président
3 8 Directeur général
2 8 Directrice générale
1 7 Directeur général délégué
3 8 Gérant
2 8 PDG
2 8 Fondatrice
2 8 Cofondateur et CEO
2 7 Associé
3 6 DSI
2 6 Directeur des systèmes d'information
1 6 Directrice technique
2 6 CTO
1 5 RSSI
2 5 Responsable informatique
2 4 Chef de projet informatique
2 3 Développeur
1 3 Développeuse full stack
1 4 Architecte logiciel
1 3 Administrateur systèmes et réseaux
2 4 Ingénieur data
2 5 DAF
2 5 Directeur administratif et financier
1 5 Directrice financière
2 3 Contrôleur de gestion
2 2 Comptable
1 3 Responsable comptable
2 4 DRH
1 4 Directrice des ressources humaines
2 2 Chargée de recrutement
1 3 Responsable formation
2 4 Directeur des opérations
1 4 Responsable logistique
1 4 Directeur d'usine
2 3 Responsable de production
2 3 Responsable qualité
2 4 Acheteur
1 5 Directeur des achats
1 3 Juriste
1 4 Directrice juridique
1 3 DPO
3 5 Chef de produit
2 6 Directrice produit
2 6 Chargée de marketing
3 5 Chargé de communication
2 5 Responsable communication
2 4 Community manager
2 5 Chef de projet marketing
2 5 Chef de projet CRM
3 6 Ingénieur commercial
3 5 Commercial
2 5 Commerciale sédentaire
2 6 Responsable grands comptes
2 7 Responsable des ventes
1 8 VP Sales France
2 5 Attachée commerciale
2 6 Chef de secteur
2 5 Responsable relation client
1 5 Directeur de la relation client
2 6 Consultant
1 6 Consultante senior
2 1 Assistante de direction
1 1 Assistant marketing
2 0 Étudiant
1 0 Stagiaire marketing
1 0 Alternante communication
1 0 Enseignant
1 0 Retraité
"""

ENGLISH = """
4 9 Marketing Director
3 9 Director of Marketing
3 9 Chief Marketing Officer
2 9 CMO
3 9 VP Marketing
2 9 VP Sales
2 8 VP Sales EMEA
2 9 Vice President of Growth
2 9 Chief Revenue Officer
2 9 Sales Director
3 8 Head of Marketing
2 8 Head of Growth
2 9 Head of Demand Generation
2 8 Head of Revenue Operations
1 7 Head of Digital
3 8 Marketing Manager
2 7 Digital Marketing Manager
2 8 Demand Generation Manager
2 7 Marketing Operations Manager
2 7 CRM Manager
2 7 Sales Operations Manager
2 7 Sales Manager
2 6 Regional Sales Manager
2 6 Account Executive
2 6 Senior Account Executive
3 4 Sales Development Representative
2 6 Account Manager
2 6 Key Account Manager
3 8 CEO
2 8 Chief Executive Officer
2 8 Founder
2 8 Co-founder & CEO
2 8 Managing Director
2 7 General Manager
1 7 Partner
1 7 Owner
1 5 Chief of Staff
2 6 CTO
2 6 CIO
1 5 CISO
2 6 VP Engineering
2 5 Head of IT
2 5 IT Manager
1 4 IT Director
2 3 Software Engineer
1 4 Senior Software Engineer
1 3 Systems Administrator
2 4 Data Engineer
2 4 Data Analyst
1 3 DevOps Engineer
2 5 CFO
1 5 Finance Director
1 4 Financial Controller
2 2 Accountant
1 3 Finance Manager
1 4 Chief People Officer
2 3 HR Manager
1 2 Recruiter
1 3 Learning and Development Manager
1 5 COO
2 4 Operations Manager
1 4 Operations Director
1 4 Supply Chain Manager
1 3 Plant Manager
1 4 Procurement Manager
1 3 Buyer
1 4 General Counsel
1 3 Legal Counsel
1 3 Data Protection Officer
2 6 Chief Product Officer
2 5 Product Manager
2 5 Senior Product Manager
2 6 Product Marketing Manager
2 5 Content Marketing Manager
2 5 Marketing Specialist
2 4 Marketing Coordinator
1 4 Social Media Manager
2 5 Communications Manager
1 5 Customer Success Manager
1 4 Customer Support Lead
2 6 Consultant
1 6 Senior Consultant
1 1 Assistant to the CEO
1 1 Executive Assistant
1 1 Marketing Assistant
2 0 Student
1 0 Marketing Intern
1 0 Teacher
1 0 Retired
"""


def weighted(lines: str) -> list[tuple[str, float, int]]:
    """Titles of one list as (title, fit from 0 to 1, weight)."""
    rows = (line.split(" ", 2) for line in lines.strip().splitlines())
    return [(title, int(fit) / 9, int(weight)) for weight, fit, title in rows]
