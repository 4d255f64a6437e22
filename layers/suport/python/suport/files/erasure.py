"""Deletes what is still stored of an erased incident: entries, files, remote support.

The function that erases an incident does it before it answers. The register's stream has it done
once more, so it is finished even if that function broke off. All of it may be repeated.
"""

import os

from suport.domain.reference import Reference
from suport.register.deployed import register, remote_support
from suport.runtime import aws, clock


def finish(reference: Reference) -> bool:
    """Deletes all of it but what is kept; returns whether the incident was erased.

    Every file with the reference goes, also one that never reached the register.
    """
    if not register().delete_erased(reference):
        return False
    remote_support().forget(reference, clock.now())
    store, bucket = aws.client("s3"), os.environ["ATTACHMENTS_BUCKET"]
    pages = store.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{reference}/")
    for file in (file for page in pages for file in page.get("Contents", [])):
        store.delete_object(Bucket=bucket, Key=file["Key"])
    return True
