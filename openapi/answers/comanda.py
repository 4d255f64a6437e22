"""What Comanda, the Government's dashboard, is answered (its integration manual 1.3)."""

from typing import Annotated, Literal

from pydantic import Field

from openapi.answers.parts import Answer


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
