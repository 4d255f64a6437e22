"""What the notices call the public bodies, in each language."""

from suport.texts.published_notices import CONTROLLERS

DIRECTORATE_GENERAL = {language: name.partition(", ")[2] for language, name in CONTROLLERS.items()}
