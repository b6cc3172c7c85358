"""What providers sign with, and how their callbacks are checked: pure functions, one scheme a file.

A signer takes every moment and nonce as an argument, so a signature can be computed again; a check (`…_signed`) takes bytes
from outside and answers True or False, comparing in constant time. What a scheme signs is on the page
docs/reference/provider-signatures.md.
"""

from loansms.providers.signing.acs3 import acs3_authorization
from loansms.providers.signing.canonical import Fields
from loansms.providers.signing.cmpp import cmpp_authenticator, cmpp_ismg_authenticator
from loansms.providers.signing.digests import hex_sha256, same_signature
from loansms.providers.signing.huawei_sdk import UNSIGNED_PAYLOAD, sdk_hmac_authorization, sdk_hmac_signed
from loansms.providers.signing.huawei_wsse import WSSE_AUTHORIZATION, wsse_header, wsse_password_digest
from loansms.providers.signing.maap import maap_sign
from loansms.providers.signing.mas import mas_norsubmit_mac, mas_tmpsubmit_mac
from loansms.providers.signing.sigv4 import sigv4_authorization
from loansms.providers.signing.smgp import smgp_authenticator, smgp_server_authenticator
from loansms.providers.signing.tc3 import tc3_authorization
from loansms.providers.signing.twilio import twilio_shared_key_signature, twilio_signature, twilio_signed
from loansms.providers.signing.volcengine import volcengine_authorization
from loansms.providers.signing.vonage import VonageMethod, vonage_sig, vonage_signed

__all__ = [
    "UNSIGNED_PAYLOAD",
    "WSSE_AUTHORIZATION",
    "Fields",
    "VonageMethod",
    "acs3_authorization",
    "cmpp_authenticator",
    "cmpp_ismg_authenticator",
    "hex_sha256",
    "maap_sign",
    "mas_norsubmit_mac",
    "mas_tmpsubmit_mac",
    "same_signature",
    "sdk_hmac_authorization",
    "sdk_hmac_signed",
    "sigv4_authorization",
    "smgp_authenticator",
    "smgp_server_authenticator",
    "tc3_authorization",
    "twilio_shared_key_signature",
    "twilio_signature",
    "twilio_signed",
    "volcengine_authorization",
    "vonage_sig",
    "vonage_signed",
    "wsse_header",
    "wsse_password_digest",
]
