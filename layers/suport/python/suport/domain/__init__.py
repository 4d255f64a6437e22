"""The rules: what an incident is, and who may do what with it, and when. No I/O.

The domain imports only the standard library. It decides; the register stores.
"""

from suport.compiled_data_classes import use_compiled

# Every function with data classes imports the domain first. That of the assets has none, and does
# not even load `dataclasses`.
use_compiled()
