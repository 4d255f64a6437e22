"""What Comanda, the Government's dashboard, is answered (its integration manual 1.3)."""

from typing import Annotated, Literal

from pydantic import Field

from openapi.answers.parts import Answer
from suport.domain.health import State


class Dimension(Answer):
    """By what the figures are told apart."""

    codi: Annotated[str, Field(examples=["CAT"])]
    nom: str
    descripcio: str
    valors: list[str]


class Indicador(Answer):
    """A figure."""

    codi: Annotated[str, Field(examples=["REB"])]
    nom: str
    descripcio: str
    format: Literal["LONG"]


class EstadistiquesInfo(Answer):
    """What the figures are."""

    codi: Annotated[str, Field(examples=["SUPORT"])]
    versio: Annotated[str, Field(examples=["1.0.0"])]
    dimensions: list[Dimension]
    indicadors: list[Indicador]


class Temps(Answer):
    """A day; `data` is its start in epoch milliseconds."""

    data: Annotated[int, Field(examples=[1793660400000])]
    anualitat: Annotated[int, Field(examples=[2026])]
    trimestre: Annotated[int, Field(ge=1, le=4)]
    mes: Annotated[int, Field(ge=1, le=12)]
    setmana: Annotated[int, Field(ge=1, le=53)]
    diaSetmana: Literal["DL", "DM", "DC", "DJ", "DV", "DS", "DG"]  # noqa: N815  the manual's
    dia: Annotated[int, Field(ge=1, le=31)]


class ValorDeDimensio(Answer):
    """The value of a dimension."""

    codi: Annotated[str, Field(examples=["CAT"])]
    valor: Annotated[str, Field(examples=["PAG"])]


class Fet(Answer):
    """The value of a figure."""

    codi: Annotated[str, Field(examples=["REB"])]
    valor: Annotated[int, Field(examples=[12])]


class Fets(Answer):
    """The figures of one category; one that is too small to be shown is left out."""

    dimensions: list[ValorDeDimensio]
    fets: list[Fet]


class Estadistiques(Answer):
    """The figures of a day."""

    temps: Temps
    fets: list[Fets]


class Anomenat(Answer):
    """A part of the service, or what it is built on."""

    codi: Annotated[str, Field(examples=["CORREU"])]
    nom: str


class Manual(Answer):
    """A page for people."""

    nom: str
    path: str


class Context(Answer):
    """Where the service is used; `api` is the address of this description."""

    codi: Literal["BACK", "INT", "EXT"]
    nom: str
    path: str
    manuals: list[Manual]
    api: str


class AppInfo(Answer):
    """What the service is; `data` is that of the version, in epoch milliseconds."""

    codi: Annotated[str, Field(examples=["SUPORT"])]
    nom: str
    versio: Annotated[str, Field(examples=["1.0.0"])]
    data: int
    integracions: list[Anomenat]
    subsistemes: list[Anomenat]
    contexts: list[Context]


class Estat(Answer):
    """A state; `latencia` in milliseconds, null if nothing was asked."""

    estat: State
    latencia: int | None


class Peticions(Answer):
    """How many requests succeeded and failed, and their mean time in milliseconds."""

    totalOk: Annotated[int, Field(ge=0)]  # noqa: N815  the manual's names
    totalError: Annotated[int, Field(ge=0)]  # noqa: N815
    totalTempsMig: Annotated[int, Field(ge=0)]  # noqa: N815
    peticionsOkUltimPeriode: Annotated[int, Field(ge=0)]  # noqa: N815
    peticionsErrorUltimPeriode: Annotated[int, Field(ge=0)]  # noqa: N815
    tempsMigUltimPeriode: Annotated[int, Field(ge=0)]  # noqa: N815


class SalutIntegracio(Estat):
    """What the service is built on."""

    codi: Annotated[str, Field(examples=["SES"])]
    peticions: Peticions


class SalutSubsistema(Estat, Peticions):
    """A part of the service."""

    codi: Annotated[str, Field(examples=["CORREU"])]


class Missatge(Answer):
    """Something that people have to know; `data` in epoch milliseconds."""

    data: int
    nivell: Literal["INFO", "WARN", "ERROR"]
    missatge: Annotated[str, Field(max_length=2048)]


class SalutInfo(Answer):
    """The state of the service; `data` is when it was recorded, in epoch milliseconds."""

    codi: Annotated[str, Field(examples=["SUPORT"])]
    versio: Annotated[str, Field(examples=["1.0.0"])]
    data: int
    estatGlobal: Estat  # noqa: N815  the manual's names
    estatBaseDeDades: Estat  # noqa: N815
    integracions: list[SalutIntegracio]
    subsistemes: list[SalutSubsistema]
    missatges: list[Missatge]
