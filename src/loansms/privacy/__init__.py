"""Values that never show themselves by accident: secrets and masks."""

from loansms.privacy.mask import mask_name, mask_phone
from loansms.privacy.secret import Secret

__all__ = ["Secret", "mask_name", "mask_phone"]
