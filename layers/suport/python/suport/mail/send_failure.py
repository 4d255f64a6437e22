"""Whether a mail may have been sent although the call to the provider failed."""

from http import HTTPStatus

from botocore import exceptions
from botocore.exceptions import ClientError

_SERVER_FAULTS = {"InternalServiceErrorException", "InternalFailure"}
_NEVER_SENT = (
    exceptions.ConnectTimeoutError,
    exceptions.EndpointConnectionError,
    exceptions.ProxyConnectionError,
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.TokenRetrievalError,
    exceptions.NoAuthTokenError,
    exceptions.MetadataRetrievalError,
    exceptions.SSOError,
    exceptions.NoRegionError,
    exceptions.EndpointProviderError,
    exceptions.BaseEndpointResolverError,
    exceptions.ParamValidationError,
)


def certainly_not_done(failure: Exception) -> bool:
    """Whether a call that failed so had no effect; of all other failures nobody knows.

    AWS answered that it refuses the request, or is unavailable, or the request never left: there
    was no connection, or nothing to sign it with. A time-out while reading, a connection that
    broke, an answer that could not be read and an error inside AWS may come after the effect.
    """
    if isinstance(failure, ClientError):
        status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status is None:
            return failure.response.get("Error", {}).get("Code") not in _SERVER_FAULTS
        refused = status in range(400, 500) and status != HTTPStatus.REQUEST_TIMEOUT
        return refused or status == HTTPStatus.SERVICE_UNAVAILABLE
    return isinstance(failure, _NEVER_SENT)
