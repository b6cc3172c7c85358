"""Values that never show themselves by accident, and the keys that hide what is kept.

At rest: `Envelope` (or `AsyncEnvelope`) makes and opens a subject's `DataKey` with a `KeyProvider`; `seal_field` and
`open_field` take it; `BlindIndex` finds without opening; `masked` is what a desk sees.
"""

from loansms.privacy._async.envelope import AsyncEnvelope, AsyncKeyProvider
from loansms.privacy._sync.envelope import Envelope, KeyProvider
from loansms.privacy.blind_index import BlindIndex
from loansms.privacy.data_key import DataKey, WrappedKey
from loansms.privacy.fields import body_digest, open_field, seal_field
from loansms.privacy.held_keys import DataKeys
from loansms.privacy.key_providers import AwaitedKeys, EnvironmentKeys, StaticKeys
from loansms.privacy.keys import KeyRing
from loansms.privacy.log_filter import PersonalDataFilter
from loansms.privacy.mask import mask_name, mask_phone
from loansms.privacy.masked_words import masked
from loansms.privacy.opening import CannotOpen, Fault
from loansms.privacy.secret import Secret

__all__ = [
    "AsyncEnvelope",
    "AsyncKeyProvider",
    "AwaitedKeys",
    "BlindIndex",
    "CannotOpen",
    "DataKey",
    "DataKeys",
    "Envelope",
    "EnvironmentKeys",
    "Fault",
    "KeyProvider",
    "KeyRing",
    "PersonalDataFilter",
    "Secret",
    "StaticKeys",
    "WrappedKey",
    "body_digest",
    "mask_name",
    "mask_phone",
    "masked",
    "open_field",
    "seal_field",
]
