"""What the page of a report says, in its four languages.

The desk itself speaks English to operators; a report is for everybody, and it is the desk's only
text that is. Therefore its words are here and not in catalogues.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from desk.service_vocabulary import Category, Language

FIGURES = (
    *("submitted", "web", "phone", "answered", "ended", "solved", "self_helped", "silent"),
    *("reopened", "rated"),
)
"""The figures in the order in which a report has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language. `figures` and `meanings` are by the name of a figure."""

    months: tuple[str, ...]
    title: str
    date: str
    date_before_vowel: str = ""
    so_far: str
    over: str
    categories: Mapping[Category, str]
    figures: Mapping[str, str]
    meanings: Mapping[str, str]
    figure: str
    month: str
    day: str
    count: str
    count_of_month: str
    by_day: str
    chart: str
    most: str
    few_in_chart: str
    times: str
    first_answer: str
    solution: str
    half: str
    nine_of_ten: str
    mean_rating: str
    of_five: str
    languages: str
    language_names: Mapping[str, str]
    procedures: str
    no_procedure: str
    unlisted: str
    others: str
    at_the_end: str
    few: str
    not_shown: str
    at_least: str
    what_it_means: str
    what_is_not_shown: str
    how_it_is_counted: str
    minutes: str
    hours: str
    days: str
    decimal: str


_CA = Words(
    months=(
        *("gener", "febrer", "març", "abril", "maig", "juny"),
        *("juliol", "agost", "setembre", "octubre", "novembre", "desembre"),
    ),
    title="Ajuda per a tramitacions telemàtiques: {month} del {year}",
    date="{day} de {month}",
    date_before_vowel="{day} d'{month}",
    so_far="El mes no ha acabat. Hi ha els dies comptats fins al {until}.",
    over="El mes està tancat: aquestes xifres ja no canvien.",
    categories={
        Category.FUNCTIONAL: "Dubtes funcionals",
        Category.PAYMENT: "Problemes amb el pagament",
        Category.SIGNATURE: "Problemes amb firma o certificat",
    },
    figures={
        "submitted": "Rebudes",
        "web": "per web",
        "phone": "per telèfon",
        "answered": "Contestades",
        "ended": "Acabades",
        "solved": "resoltes",
        "self_helped": "per autoajuda",
        "silent": "tancades per silenci",
        "reopened": "Reobertes",
        "rated": "Valorades",
    },
    meanings={
        "submitted": "incidències que arribaren aquell dia, pel web (o l'API) o per telèfon",
        "answered": "les que l'equip contestà per primera vegada aquell dia",
        "ended": "les que acabaren aquell dia, de qualsevol manera",
        "solved": "les que resolgué l'equip, o tancà qui les va comunicar quan l'equip ja"
        " havia contestat",
        "self_helped": "les que tancà qui les va comunicar abans que l'equip contestàs",
        "silent": "les que tancà el servei perquè no rebé resposta a una pregunta",
        "reopened": "les reobertes aquell dia; dues vegades el mateix dia compten una",
        "rated": "les valorades aquell dia, de l'1 al 5",
    },
    figure="Xifra",
    month="Mes",
    day="Dia",
    count="Rebudes",
    count_of_month="En el mes",
    by_day="Rebudes per dia",
    chart="Barres amb les incidències rebudes cada dia. La taula de davall té totes les xifres.",
    most="El dia amb més: {day}, amb {most}.",
    few_in_chart="Un punt marca un dia amb entre 1 i 4, que no es mostra.",
    times="Temps i valoracions",
    first_answer="Primera resposta",
    solution="Fins al final",
    half="La meitat, com a màxim",
    nine_of_ten="Nou de cada deu, com a màxim",
    mean_rating="Valoració mitjana",
    of_five="{mean} de 5",
    languages="Per llengua",
    language_names={
        "ca": "català",
        "es": "castellà",
        "en": "anglès",
        "de": "alemany",
    },
    procedures="Per tràmit",
    no_procedure="Sense tràmit",
    unlisted="Tràmit fora del catàleg",
    others="La resta",
    at_the_end="Es compta quan acaba el mes.",
    few="menys de 5",
    not_shown="no es mostra",
    at_least="{count} com a mínim",
    what_it_means="Què vol dir cada xifra",
    what_is_not_shown="Què no es mostra",
    how_it_is_counted="Cada xifra cau en el dia (hora peninsular) en què va passar el fet, i"
    " en l'equip que "
    "tenia la incidència la nit següent. Un recompte entre 1 i 4 no es mostra, ni cap suma "
    "que el deixi calcular: els dies petits s'ajunten en el mes, i els tràmits i les llengües"
    " petits en «la resta», que es refereix a les incidències que el mes compta per "
    "categoria. Els percentils i la mitjana necessiten vint casos. No hi ha cap dada de cap "
    "persona.",
    minutes="{n} min",
    hours="{n} h",
    days="{n} dies",
    decimal=",",
)
_ES = Words(
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    title="Ayuda para trámites telemáticos: {month} de {year}",
    date="{day} de {month}",
    so_far="El mes no ha terminado. Están los días contados hasta el {until}.",
    over="El mes está cerrado: estas cifras ya no cambian.",
    categories={
        Category.FUNCTIONAL: "Dudas funcionales",
        Category.PAYMENT: "Problemas con el pago",
        Category.SIGNATURE: "Problemas con firma o certificado",
    },
    figures={
        "submitted": "Recibidas",
        "web": "por web",
        "phone": "por teléfono",
        "answered": "Contestadas",
        "ended": "Terminadas",
        "solved": "resueltas",
        "self_helped": "por autoayuda",
        "silent": "cerradas por silencio",
        "reopened": "Reabiertas",
        "rated": "Valoradas",
    },
    meanings={
        "submitted": "incidencias que llegaron ese día, por la web (o la API) o por teléfono",
        "answered": "las que el equipo contestó por primera vez ese día",
        "ended": "las que terminaron ese día, de cualquier modo",
        "solved": "las que resolvió el equipo, o cerró quien las comunicó tras una respuesta"
        " del equipo",
        "self_helped": "las que cerró quien las comunicó antes de que el equipo contestara",
        "silent": "las que cerró el servicio porque no recibió respuesta a una pregunta",
        "reopened": "las reabiertas ese día; dos veces el mismo día cuentan una",
        "rated": "las valoradas ese día, del 1 al 5",
    },
    figure="Cifra",
    month="Mes",
    day="Día",
    count="Recibidas",
    count_of_month="En el mes",
    by_day="Recibidas por día",
    chart="Barras con las incidencias recibidas cada día."
    " La tabla de debajo tiene todas las cifras.",
    most="El día con más: {day}, con {most}.",
    few_in_chart="Un punto marca un día con entre 1 y 4, que no se muestra.",
    times="Tiempos y valoraciones",
    first_answer="Primera respuesta",
    solution="Hasta el final",
    half="La mitad, como máximo",
    nine_of_ten="Nueve de cada diez, como máximo",
    mean_rating="Valoración media",
    of_five="{mean} de 5",
    languages="Por lengua",
    language_names={
        "ca": "catalán",
        "es": "castellano",
        "en": "inglés",
        "de": "alemán",
    },
    procedures="Por trámite",
    no_procedure="Sin trámite",
    unlisted="Trámite fuera del catálogo",
    others="El resto",
    at_the_end="Se cuenta cuando termina el mes.",
    few="menos de 5",
    not_shown="no se muestra",
    at_least="{count} como mínimo",
    what_it_means="Qué significa cada cifra",
    what_is_not_shown="Qué no se muestra",
    how_it_is_counted="Cada cifra cae en el día (hora peninsular) en que ocurrió el hecho, y"
    " en el equipo que "
    "tenía la incidencia la noche siguiente. Un recuento entre 1 y 4 no se muestra, ni "
    "ninguna suma que permita calcularlo: los días pequeños se unen en el mes, y los trámites"
    " y las lenguas pequeños en «el resto», que se refiere a las incidencias que el mes "
    "cuenta por categoría. Los percentiles y la media necesitan veinte casos. No hay datos de"
    " ninguna persona.",
    minutes="{n} min",
    hours="{n} h",
    days="{n} días",
    decimal=",",
)
_EN = Words(
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    title="Help with online procedures: {month} {year}",
    date="{day} {month}",
    so_far="The month is not over. These are the days counted up to {until}.",
    over="The month is over. These figures no longer change.",
    categories={
        Category.FUNCTIONAL: "Questions about a procedure",
        Category.PAYMENT: "Problems with a payment",
        Category.SIGNATURE: "Problems with signing or a certificate",
    },
    figures={
        "submitted": "Submitted",
        "web": "online",
        "phone": "by phone",
        "answered": "Answered",
        "ended": "Ended",
        "solved": "solved",
        "self_helped": "self-helped",
        "silent": "closed without an answer",
        "reopened": "Reopened",
        "rated": "Rated",
    },
    meanings={
        "submitted": "incidents that arrived on that day, online (or by the API) or by phone",
        "answered": "those that the team answered for the first time on that day",
        "ended": "those that were closed or resolved on that day",
        "solved": "those that an operator resolved, or that the citizen closed after an answer",
        "self_helped": "those that the citizen closed before the team had answered",
        "silent": "those that the service closed because the citizen did not answer a question",
        "reopened": "those that the citizen reopened on that day; twice in a day counts once",
        "rated": "those that the citizen rated on that day, from 1 to 5",
    },
    figure="Figure",
    month="Month",
    day="Day",
    count="Submitted",
    count_of_month="In the month",
    by_day="Submitted by day",
    chart="Bars with the incidents submitted on each day. The table below has all figures.",
    most="The day with most: {day}, with {most}.",
    few_in_chart="A dot marks a day with 1 to 4, which is not shown.",
    times="Times and ratings",
    first_answer="First answer",
    solution="To the end",
    half="Half of them within",
    nine_of_ten="Nine of ten within",
    mean_rating="Mean rating",
    of_five="{mean} of 5",
    languages="By language",
    language_names={
        "ca": "Catalan",
        "es": "Spanish",
        "en": "English",
        "de": "German",
    },
    procedures="By procedure",
    no_procedure="No procedure",
    unlisted="A procedure that is not in the catalogue",
    others="All others",
    at_the_end="Counted when the month is over.",
    few="fewer than 5",
    not_shown="not shown",
    at_least="at least {count}",
    what_it_means="What each figure means",
    what_is_not_shown="What is not shown",
    how_it_is_counted="Each figure falls on the day (in Madrid) on which its fact happened,"
    " and on the team "
    "that had the incident in the night after. A count from 1 to 4 is not shown, nor any sum "
    "from which it could be computed: small days are joined in the month, small procedures "
    "and languages in “all others”, which are about the incidents that the month counts by "
    "category. Percentiles and the mean need twenty cases. Nothing here is about any person.",
    minutes="{n} min",
    hours="{n} h",
    days="{n} days",
    decimal=".",
)
_DE = Words(
    months=(
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    title="Hilfe bei Online-Verfahren: {month} {year}",
    date="{day}. {month}",
    so_far="Der Monat ist nicht zu Ende. Gezählt sind die Tage bis {until}.",
    over="Der Monat ist abgeschlossen: Diese Zahlen ändern sich nicht mehr.",
    categories={
        Category.FUNCTIONAL: "Fragen zum Verfahren",
        Category.PAYMENT: "Probleme mit der Zahlung",
        Category.SIGNATURE: "Probleme mit Signatur oder Zertifikat",
    },
    figures={
        "submitted": "Eingegangen",
        "web": "über das Web",
        "phone": "am Telefon",
        "answered": "Beantwortet",
        "ended": "Beendet",
        "solved": "erledigt",
        "self_helped": "durch Selbsthilfe",
        "silent": "wegen Schweigens geschlossen",
        "reopened": "Wieder geöffnet",
        "rated": "Bewertet",
    },
    meanings={
        "submitted": "Meldungen, die an dem Tag eingingen, über das Web (oder die API) oder"
        " am Telefon",
        "answered": "die das Team an dem Tag zum ersten Mal beantwortete",
        "ended": "die an dem Tag endeten, gleich auf welche Weise",
        "solved": "die das Team erledigte oder die Person nach einer Antwort schloss",
        "self_helped": "die die Person schloss, bevor das Team geantwortet hatte",
        "silent": "die der Dienst schloss, weil die Person eine Frage nicht beantwortete",
        "reopened": "die die Person an dem Tag wieder öffnete; zweimal am selben Tag zählt einmal",
        "rated": "die die Person an dem Tag bewertete, von 1 bis 5",
    },
    figure="Zahl",
    month="Monat",
    day="Tag",
    count="Eingegangen",
    count_of_month="Im Monat",
    by_day="Eingegangen nach Tagen",
    chart="Balken mit den Meldungen, die an jedem Tag eingingen."
    " Die Tabelle darunter enthält alle Zahlen.",
    most="Die meisten am {day}: {most}.",
    few_in_chart="Ein Punkt bezeichnet einen Tag mit 1 bis 4, die nicht gezeigt werden.",
    times="Zeiten und Bewertungen",
    first_answer="Erste Antwort",
    solution="Bis zum Ende",
    half="Die Hälfte, höchstens",
    nine_of_ten="Neun von zehn, höchstens",
    mean_rating="Mittlere Bewertung",
    of_five="{mean} von 5",
    languages="Nach Sprache",
    language_names={
        "ca": "Katalanisch",
        "es": "Spanisch",
        "en": "Englisch",
        "de": "Deutsch",
    },
    procedures="Nach Verfahren",
    no_procedure="Ohne Verfahren",
    unlisted="Ein Verfahren außerhalb des Katalogs",
    others="Alle übrigen",
    at_the_end="Wird gezählt, sobald der Monat zu Ende ist.",
    few="weniger als 5",
    not_shown="wird nicht gezeigt",
    at_least="mindestens {count}",
    what_it_means="Was jede Zahl bedeutet",
    what_is_not_shown="Was nicht gezeigt wird",
    how_it_is_counted="Jede Zahl fällt auf den Tag (in Madrid), an dem geschah, was sie"
    " zählt, und auf das "
    "Team, bei dem die Meldung in der Nacht danach war. Eine Anzahl von 1 bis 4 wird nicht "
    "gezeigt und auch keine Summe, aus der sie sich berechnen ließe: Kleine Tage gehen in den"
    " Monat ein, kleine Verfahren und Sprachen in „alle übrigen“; diese betreffen die "
    "Meldungen, die der Monat nach Kategorie zählt. Perzentile und Mittelwert brauchen zwanzig"
    " Fälle. Nichts hier betrifft eine Person.",
    minutes="{n} Min.",
    hours="{n} Std.",
    days="{n} Tage",
    decimal=",",
)

WORDS: Mapping[Language, Words] = {
    Language.CATALAN: _CA,
    Language.SPANISH: _ES,
    Language.ENGLISH: _EN,
    Language.GERMAN: _DE,
}
