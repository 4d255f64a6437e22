"""Takes out of botocore's list of endpoints what no function calls: `trim_endpoints.py <data>`.

The list of all services is read when a client is made, and takes more time than all else about it.
data: botocore's folder of that name, which has the descriptions of the services that are left.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any


def trimmed(endpoints: dict[str, Any], services: set[str]) -> dict[str, Any]:
    """The list with these services alone, by the names that it gives them."""
    partitions = [
        each | {"services": {name: of for name, of in each["services"].items() if name in services}}
        for each in endpoints["partitions"]
    ]
    return endpoints | {"partitions": partitions}


def endpoint_names(data: Path) -> set[str]:
    """What the list calls the services that are described there."""
    files = data.glob("*/*/service-2.json.gz")
    descriptions = [json.loads(gzip.decompress(file.read_bytes())) for file in files]
    return {each["metadata"]["endpointPrefix"] for each in descriptions}


if __name__ == "__main__":
    data = Path(sys.argv[1])
    file = data / "endpoints.json"
    endpoints = trimmed(json.loads(file.read_text()), endpoint_names(data))
    file.unlink()  # it may be a link to what the installer keeps
    file.write_text(json.dumps(endpoints, separators=(",", ":")))
