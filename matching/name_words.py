"""What is known about names, as data. Everything is folded: lower case, a to z.

Sources: SCB's lists of common names, transliteration habits of Arabic, Syriac, Persian, Somali,
Turkish, Slavic and Finnish names in Swedish registers, all from memory; extend it from real pairs
and add the pair to tests/matching/name_pairs.csv.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Letters that Unicode does not decompose into a letter and an accent.
LETTERS = {
    "ø": "o", "æ": "a", "œ": "o", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "ə": "a", "ħ": "h", "ŋ": "n", "\ufffd": "?",
}  # fmt: skip

# Parts of a surname that are written, glued, hyphenated or left out at will.
PARTICLES = _words(
    "al el ul ar as ash ad von van af av de del della di da dos das du la le der den ter bin ibn "
    "bint abu"
)

# Not part of a name, though found in name fields: titles, generations and estates.
NOISE = _words("herr fru dr jr sr junior senior dbo dodsbo dodsboet dodsbon efter")

# One name, written so differently that SOUNDS does not bring it together. First = the canonical.
ALIASES = {
    spelling: group.split()[0]
    for group in (
        "mohammed muhammad mohammad mohamad muhamad mouhamad mohamet maxamed mahammed",
        "ahmed ahmad ahmet axmed achmed achmad akhmed",
        "mahmoud mahmud mahmut",
        "mohamud maxamuud mohamoud",
        "hassan xasan",
        "hussein xuseen husseen",
        "ali cali",
        "abdi cabdi",
        "omar omer umar cumar",
        "yousef yusuf yousuf yusif jusuf youssouf yuusuf",
        "yakob yakup yaakoub yaqub",
        "issa isa eissa aissa",
        "ishak isaac isak izak",
        "khalil halil khaleel",
        "fatima fatma fadma faduma",
        "aisha ayse aysha caasha aicha",
        "khadija hatice khadijah khadidja",
        "zeinab zeynep seynab",
        "meryem mariam maryam miriam miryam",
        "sherbel charbel sharbel",
        "george gewargis gergis girgis georges jorj",
        "elias ilyas eliyas",
        "john jon",
        "michael mikael mikhail mihail",
        "richard rikard",
        "joakim joachim",
        "lena leena",
        "leif lejf",
        "henrik hendrik",
        "aleksandr alexander alexandre oleksandr aleksander alexandr",
        "aleksandra alexandra oleksandra",
        "sergej sergei sergey serhiy serhij",
        "igor ihor",
        "dmitri dmitry dmitrij dmytro",
        "vladimir volodymyr",
        "andrej andrei andrey andriy andrij",
        "tatiana tatyana tatjana tetyana tetiana",
        "nikolaj nikolai nikolay mykola",
        "per par",
        "karl kalle",
        "lars lasse",
        "nils nisse",
        "bo bosse",
    )
    for spelling in group.split()
}

# Names of their own: no slip of the pen turns one of them into another (Lindberg is not Lundberg).
KNOWN_NAMES = _words(
    """
    adam adel agneta ahmed aida aina aino albin alexander alexandra alf ali alia alice alicia
    alma alva amal amanda amelia amin amina amir amira anders andrea andreas anette angela anita
    anja anna anne anneli annika anton antonia arne aron arvid astrid august aylin barbro bassam
    beatrice bengt benjamin berit bernt birgit birgitta bo bosse britt britta camilla carina
    carolina cecilia charlotta clara conny dan dania daniel daniela danielle david denis denise
    dina dunia ebba edit edith edvin egon einar eino elena eli elias elif elin elina elis elisa
    elisabet elise ella ellen elma elsa elvira emelie emil emilia emir emma emmy erik erika
    ester eva evelina fadi fadia fadil farah farid farida fatima felicia felix filip fredrik
    fredrika frida gabriel gabriella gerd goran greta gun gunilla gunnar gustav hadi hala hamid
    hana hanan hanna hanne hannes hans harald hasna hassan hedda hedvig heidi helen helena
    helene helmer helmi henrik henry hilda hilma hoda hodan hugo hussein ibrahim ida iman ina
    ingela inger ingrid ingvar irene iris irma isa isabella isak ivar iwona jakob jalal jamal
    jamil jamila jan jana janne jari jasmin jasmina jenny jens jesper jessica joakim johan
    johanna johannes john jonas jonatan jonny jorgen josef josefin josefina julia julian juliana
    julius kai kaisa kalle karen kari karim karima karin karina karl karla karolina katarina
    katja katrin kenneth kent kerstin kevin khadija khaled khalida khalil kim kjell klara klas
    kristian kristin kristina kurt laila lana lars lasse latif latifa layla leif lena leo leon
    leona lilian lilly lina linda linn linnea linus lisa lisbet liv liza lotta louis louise lova
    lovisa luca lucas lucia ludvig magda magnus mahmoud maj maja majd majda malak malik malika
    malin malte mansour manuel manuela marcus margareta mari maria mariam marian mariana
    marianne marie marina mario marion marita marja marta martin martina marvin matilda mats
    mattias mattis maya melissa melke merja mia mikael mikaela mina minna mira mirja moa mohamed
    mohamud mona monica muna nabil nabila nada nadia nadim nadir nadira nahir nahrin naim naima
    nancy natalia natalie nathalie nicklas nicole niklas nils nina ninos ninwe noah noel nora
    nour nur ola olga oliver olivia olle olof omar oskar otto patrik paul paula paulina per
    pernilla pertti peter petra petrus pia rafael rana rania rasmus raul rebecka rima rita ritva
    robert roberta robin robyn roger roland rolf romina ronja rosa rose rosita ruben ruth said
    saida saleh salem salim salma samar samer samia samina samir samira samuel sandra sanna sara
    sargon sari sarita selma semir seppo signe sigrid sigvard siham simon simona sirpa siv
    sixten sofia sofie sonja stefan stefania stella sten stig stina suad sune susanna susanne
    svante sven tarek tariq tea teresa terese theo therese thomas tiina tilda tim timo tina
    tobias tom tommy tony tor tora tore torsten tove tuula tyra ulf ulla ulrika valter vanja
    vera veronika victoria viktor viktoria vilgot vilma vincent viola walid yara yasin yasmin
    yasmina ylva yonas yousef yvonne zahra zaid zaida zaki zakia zara zeina zoran zorica

    aberg abrahamsson ahlgren ahlin akerberg akerman akesson andersen andersson arvidsson aslan
    asp astrom axelsson aydin berg berglund bergman bergqvist bergstrom bjork bjorklund bjorkman
    blom blomqvist bostrom claesson dahl dahlberg dahlgren dahlin danielsson davidsson demir ek
    eklund ekstrom eliasson engstrom eriksson falk forsberg forslund fransson fredriksson
    gunnarsson gustafsson haddad hagglund haglund hallberg hallgren hansen hansson hedberg hedin
    hedlund hedman hedstrom hellberg hellstrom henriksson hermansson holm holmberg holmgren
    holmqvist holmstrom isaksson ivarsson jakobsson jansson jarvinen johansson johnsson jonasson
    jonsson josefsson karlsson kaya khoury korhonen koskinen larsen larsson lind lindberg
    lindblom lindell linder lindgren lindholm lindqvist lindroth lindstrom lofgren lund lundberg
    lundgren lundin lundqvist lundstrom magnusson makela makinen malki malmberg martensson
    martinsson mattsson melki moberg mohammed molin nielsen nieminen nilsson norberg nordin
    nordstrom noren nyberg nyholm nylander nyman nystrom oberg ohlsson olofsson olsen olsson
    osterberg ostlund ostman paulsson persson petersen petersson pettersson pihl popescu rosen
    samuelsson sandberg sandstrom sjoberg sjodin sjogren sjostrom skog skoglund soderberg
    sodergren soderlund soderstrom stenberg strand strandberg strom stromberg sundberg sundin
    sundqvist sundstrom svensson tornqvist virtanen wahlberg wallberg wallin westberg wester
    westerberg westman wiberg wiklund wikstrom yilmaz
    """
)

# Spelling -> sound, in this order.
SOUNDS: tuple[tuple[str, str], ...] = (
    (r"\babd[aei]l", "abdul"),
    (r"vi(?:t?ch|tj)\b", "vic"),
    (r"\bsj", "sh"),
    (r"tjenko\b", "shenko"),
    (r"tsch", "ch"),
    (r"sch", "sh"),
    (r"\bchr", "kr"),
    (r"ch", "sh"),
    (r"[qk]u?[vw]?ist", "kvist"),
    (r"que", "ke"),
    (r"qui", "ki"),
    (r"ph", "f"),
    (r"th", "t"),
    (r"kh", "k"),
    (r"gh", "g"),
    (r"dh", "d"),
    (r"hl", "l"),
    (r"\bdj", "j"),
    (r"\bhj", "j"),
    (r"x", "ks"),
    (r"w", "v"),
    (r"z", "s"),
    (r"f\b", "v"),
    (r"fs", "vs"),
    (r"c([eiy])", r"s\1"),
    (r"[cq]", "k"),
    (r"eh\b", "a"),
    (r"h\b", ""),
    (r"ye\b", "y"),
    (r"ou", "u"),
    (r"oo", "u"),
    (r"ee", "i"),
    (r"ae", "a"),
    (r"oe", "o"),
    (r"[yj]", "i"),
    (r"ai", "ei"),
)
