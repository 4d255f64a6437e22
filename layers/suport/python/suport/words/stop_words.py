"""Words that join others, and those with which people ask: no search is narrowed by them.

In plain letters. Single letters are what is left of pronouns (inscriure's).
"""

_CATALAN = """
    a aixo al als amb aquest aquesta aquestes aquests com d de del dels el els em en entre es esta
    ha han haver he hem heu hi i l la les li lo m meu meva meves meus molt n ni no nostra nostre o
    on pel pels per perque que quin quina quines quins s sa se ses seu seva seves seus sense ser si
    sobre soc son t tenc tinc teniu un una unes uns us vostra vostre vos
"""
_SPANISH = """
    ante como con cual cuales cuando del desde donde e el ella ellos eso este esta estas esto estos
    ha han haber hay he hemos la las le les lo los me mi mis muy no nos nuestra nuestro para pero
    por porque que quien se ser sin sobre soy su sus te tengo tiene tu tus u un una unas uno unos y
    ya yo
"""
_ENGLISH = """
    an and are be can cannot cant did do does dont for from has have how i in is it my not of or
    that the there this to was what when where which who why with
"""
_GERMAN = """
    auf aus bei bin das dem den der des die ein eine einem einen einer es fur habe haben hat ich
    ihr im in ist kann keine keinen man mein meine meinem meinen meiner mich mir mit nach nicht
    sich sie sind und vom von was wegen wie wird wo wurde zu zum zur
"""
_ASKING = """
    vull voldria puc poder podria podeu pot necessit necessito necessitam demanar demanat fer faig
    feis sollicitar tramitar tramit obtenir treure anar gestionar ajudau ajudeu favor plau gracies
    hola bon dia informacio
    quiero querria quisiera puedo podria puede necesito necesitamos hacer hago pedir solicitar
    tramitar obtener sacar sacarme sacarse ir gestionar gracias buenos buenas dias ayudenme
    informacion
    want would like need please hello thanks get apply
    mochte will brauche bitte danke hallo beantragen
    sollicitud sollicituds solicitud solicitudes tramits tramite tramites
"""

STOP_WORDS = frozenset(f"{_CATALAN} {_SPANISH} {_ENGLISH} {_GERMAN} {_ASKING}".split())
