"""Names and standard times of countries: ISO 3166-1; offset of the capital without summer time (IANA time zones)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """A country as a jurisdiction of a world: short English name and hours from UTC, summer time left out."""

    code: str
    name: str
    utc_hours: float

    @property
    def utc_offset(self) -> str:
        """The offset as a world document writes it, such as "-5 h"."""
        return f"{self.utc_hours:g} h"


def country(code: str) -> Country | None:
    """The country with this ISO 3166-1 alpha-2 code; None for a code that is not in the standard."""
    return _COUNTRIES.get(code)


_TABLE = """
AD 1 Andorra
AE 4 United Arab Emirates
AF 4.5 Afghanistan
AG -4 Antigua and Barbuda
AI -4 Anguilla
AL 1 Albania
AM 4 Armenia
AO 1 Angola
AQ 12 Antarctica
AR -3 Argentina
AS -11 American Samoa
AT 1 Austria
AU 10 Australia
AW -4 Aruba
AX 2 Åland Islands
AZ 4 Azerbaijan
BA 1 Bosnia and Herzegovina
BB -4 Barbados
BD 6 Bangladesh
BE 1 Belgium
BF 0 Burkina Faso
BG 2 Bulgaria
BH 3 Bahrain
BI 2 Burundi
BJ 1 Benin
BL -4 Saint Barthélemy
BM -4 Bermuda
BN 8 Brunei
BO -4 Bolivia
BQ -4 Caribbean NL
BR -3 Brazil
BS -5 Bahamas
BT 6 Bhutan
BV 0 Bouvet Island
BW 2 Botswana
BY 3 Belarus
BZ -6 Belize
CA -5 Canada
CC 6.5 Cocos Islands
CD 1 Democratic Republic of the Congo
CF 1 Central African Rep.
CG 1 Congo
CH 1 Switzerland
CI 0 Côte d'Ivoire
CK -10 Cook Islands
CL -4 Chile
CM 1 Cameroon
CN 8 China
CO -5 Colombia
CR -6 Costa Rica
CU -5 Cuba
CV -1 Cape Verde
CW -4 Curaçao
CX 7 Christmas Island
CY 2 Cyprus
CZ 1 Czechia
DE 1 Germany
DJ 3 Djibouti
DK 1 Denmark
DM -4 Dominica
DO -4 Dominican Republic
DZ 1 Algeria
EC -5 Ecuador
EE 2 Estonia
EG 2 Egypt
EH 1 Western Sahara
ER 3 Eritrea
ES 1 Spain
ET 3 Ethiopia
FI 2 Finland
FJ 12 Fiji
FK -3 Falkland Islands
FM 11 Micronesia
FO 0 Faroe Islands
FR 1 France
GA 1 Gabon
GB 0 United Kingdom
GD -4 Grenada
GE 4 Georgia
GF -3 French Guiana
GG 0 Guernsey
GH 0 Ghana
GI 1 Gibraltar
GL -2 Greenland
GM 0 Gambia
GN 0 Guinea
GP -4 Guadeloupe
GQ 1 Equatorial Guinea
GR 2 Greece
GS -2 South Georgia and the South Sandwich Islands
GT -6 Guatemala
GU 10 Guam
GW 0 Guinea-Bissau
GY -4 Guyana
HK 8 Hong Kong
HM 0 Heard Island and McDonald Islands
HN -6 Honduras
HR 1 Croatia
HT -5 Haiti
HU 1 Hungary
ID 7 Indonesia
IE 0 Ireland
IL 2 Israel
IM 0 Isle of Man
IN 5.5 India
IO 6 British Indian Ocean Territory
IQ 3 Iraq
IR 3.5 Iran
IS 0 Iceland
IT 1 Italy
JE 0 Jersey
JM -5 Jamaica
JO 3 Jordan
JP 9 Japan
KE 3 Kenya
KG 6 Kyrgyzstan
KH 7 Cambodia
KI 12 Kiribati
KM 3 Comoros
KN -4 Saint Kitts and Nevis
KP 9 North Korea
KR 9 South Korea
KW 3 Kuwait
KY -5 Cayman Islands
KZ 5 Kazakhstan
LA 7 Laos
LB 2 Lebanon
LC -4 Saint Lucia
LI 1 Liechtenstein
LK 5.5 Sri Lanka
LR 0 Liberia
LS 2 Lesotho
LT 2 Lithuania
LU 1 Luxembourg
LV 2 Latvia
LY 2 Libya
MA 1 Morocco
MC 1 Monaco
MD 2 Moldova
ME 1 Montenegro
MF -4 Saint Martin
MG 3 Madagascar
MH 12 Marshall Islands
MK 1 North Macedonia
ML 0 Mali
MM 6.5 Myanmar
MN 8 Mongolia
MO 8 Macau
MP 10 Northern Mariana Islands
MQ -4 Martinique
MR 0 Mauritania
MS -4 Montserrat
MT 1 Malta
MU 4 Mauritius
MV 5 Maldives
MW 2 Malawi
MX -6 Mexico
MY 8 Malaysia
MZ 2 Mozambique
NA 2 Namibia
NC 11 New Caledonia
NE 1 Niger
NF 11 Norfolk Island
NG 1 Nigeria
NI -6 Nicaragua
NL 1 Netherlands
NO 1 Norway
NP 5.75 Nepal
NR 12 Nauru
NU -11 Niue
NZ 12 New Zealand
OM 4 Oman
PA -5 Panama
PE -5 Peru
PF -10 French Polynesia
PG 10 Papua New Guinea
PH 8 Philippines
PK 5 Pakistan
PL 1 Poland
PM -3 Saint Pierre and Miquelon
PN -8 Pitcairn
PR -4 Puerto Rico
PS 2 Palestine
PT 0 Portugal
PW 9 Palau
PY -3 Paraguay
QA 3 Qatar
RE 4 Réunion
RO 2 Romania
RS 1 Serbia
RU 3 Russia
RW 2 Rwanda
SA 3 Saudi Arabia
SB 11 Solomon Islands
SC 4 Seychelles
SD 2 Sudan
SE 1 Sweden
SG 8 Singapore
SH 0 Saint Helena
SI 1 Slovenia
SJ 1 Svalbard and Jan Mayen
SK 1 Slovakia
SL 0 Sierra Leone
SM 1 San Marino
SN 0 Senegal
SO 3 Somalia
SR -3 Suriname
SS 2 South Sudan
ST 0 São Tomé and Príncipe
SV -6 El Salvador
SX -4 Sint Maarten
SY 3 Syria
SZ 2 Eswatini
TC -5 Turks and Caicos Is
TD 1 Chad
TF 5 French Southern Territories
TG 0 Togo
TH 7 Thailand
TJ 5 Tajikistan
TK 13 Tokelau
TL 9 East Timor
TM 5 Turkmenistan
TN 1 Tunisia
TO 13 Tonga
TR 3 Turkey
TT -4 Trinidad and Tobago
TV 12 Tuvalu
TW 8 Taiwan
TZ 3 Tanzania
UA 2 Ukraine
UG 3 Uganda
UM 12 US Minor Outlying Islands
US -5 United States
UY -3 Uruguay
UZ 5 Uzbekistan
VA 1 Vatican City
VC -4 Saint Vincent
VE -4 Venezuela
VG -4 British Virgin Islands
VI -4 US Virgin Islands
VN 7 Vietnam
VU 11 Vanuatu
WF 12 Wallis and Futuna
WS 13 Samoa
YE 3 Yemen
YT 3 Mayotte
ZA 2 South Africa
ZM 2 Zambia
ZW 2 Zimbabwe
"""


def _parse(line: str) -> Country:
    code, hours, name = line.split(" ", 2)
    return Country(code, name, float(hours))


_COUNTRIES = {entry.code: entry for entry in map(_parse, _TABLE.strip().splitlines())}
