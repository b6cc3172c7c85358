"""Values that never show themselves by accident, and the keys that hide what is kept."""

from loansms.privacy.keys import KeyRing
from loansms.privacy.mask import mask_name, mask_phone
from loansms.privacy.secret import Secret

__all__ = ["KeyRing", "Secret", "mask_name", "mask_phone"]
