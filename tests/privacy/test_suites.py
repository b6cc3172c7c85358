"""The ciphers of each suite give what their standards print, and refuse what the standards call forged."""

import attrs
import pytest
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import Hash

from loansms.errors import ConfigurationError
from loansms.privacy import BlindIndex, DataKey, StaticKeys, suites
from loansms.privacy.keys import derive
from loansms.privacy.suites import CODED, GM, INTL, SUITES, Sm4Gcm, suite_named


def plain_of(words: str) -> bytes:
    return bytes.fromhex("".join(words.split()))


def sm3(said: bytes) -> bytes:
    made = Hash(GM.hash())
    made.update(said)
    return made.finalize()


# NIST CAVP, gcmEncryptExtIV256.rsp: the first case each of IV 96, tag 128 bits and these lengths.
NIST = [
    pytest.param(
        "78dc4e0aaf52d935c3c01eea57428f00ca1fd475f5da86a49c8dd73d68c8e223",
        "d79cf22d504cc793c3fb6c8a",
        "b96baa8c1c75a671bfb2d08d06be5f36",
        "",
        "3e5d486aa2e30b22e040b85723a06e76",
        id="no text",
    ),
    pytest.param(
        "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
        "0d18e06c7c725ac9e362e1ce",
        "",
        "2db5168e932556f8089a0622981d017d",
        "fa4362189661d163fcd6a56d8bf0405a d636ac1bbedd5cc3ee727dc2ab4a9489",
        id="no associated data",
    ),
    pytest.param(
        "148579a3cbca86d5520d66c0ec71ca5f7e41ba78e56dc6eebd566fed547fe691",
        "b08a5ea1927499c6ecbfd4e0",
        "e4f963f015ffbb99ee3349bbaf7e8e8e6c2a71c230a48f9d59860a29091d2747e01a5ca572347e247d25f56ba7ae8e05"
        "cde2be3c97931292c02370208ecd097ef692687fecf2f419d3200162a6480a57dad408a0dfeb492e2c5d",
        "9d0b15fdf1bd595f91f8b3abc0f7dec927dfd4799935a1795d9ce00c9b879434420fe42c275a7cd7b39d638fb81ca52b"
        "49dc41",
        "2097e372950a5e9383c675e89eea1c314f999159f5611344b298cda45e62843716f215f82ee663919c64002a5c198d78"
        "78fd3f adbecdb0d5c2224d804d2886ff9a5760",
        id="both",
    ),
]


@pytest.mark.parametrize(("key", "nonce", "aad", "plain", "sealed"), NIST)
def test_intl_encrypts_as_nist_prints_it(key, nonce, aad, plain, sealed):
    cipher = INTL.cipher(bytes.fromhex(key))
    made = cipher.encrypt(bytes.fromhex(nonce), bytes.fromhex(plain), bytes.fromhex(aad))
    assert made == plain_of(sealed)
    assert cipher.decrypt(bytes.fromhex(nonce), made, bytes.fromhex(aad)) == bytes.fromhex(plain)


# NIST CAVP, gcmDecrypt256.rsp: cases marked FAIL.
@pytest.mark.parametrize(
    ("key", "nonce", "aad", "sealed"),
    [
        (
            "2c392a5eb1a9c705371beda3a901c7c61dca4d93b4291de1dd0dd15ec11ffc45",
            "0723fb84a08f4ea09841f32a",
            "140be561b6171eab942c486a94d33d43",
            "aa0e1c9b57975bfc91aa137231977d2c",
        ),
        (
            "c997768e2d14e3d38259667a6649079de77beb4543589771e5068e6cd7cd0b14",
            "835090aed9552dbdd45277e2",
            "",
            "9f6607d68e22ccf21928db0986be126e f32617f67c574fd9f44ef76ff880ab9f",
        ),
    ],
)
def test_intl_refuses_what_nist_calls_forged(key, nonce, aad, sealed):
    with pytest.raises(InvalidTag):
        INTL.cipher(bytes.fromhex(key)).decrypt(bytes.fromhex(nonce), plain_of(sealed), bytes.fromhex(aad))


# RFC 8998, appendix A: the example of SM4-GCM.
SM4_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
SM4_NONCE = bytes.fromhex("00001234567800000000abcd")
SM4_AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
SM4_PLAIN = plain_of("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd" + "e" * 16 + "f" * 16 + "e" * 16 + "a" * 16)  # fmt: skip
SM4_SEALED = plain_of(
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    "83de3541e4c2b58177e065a9bf7b62ec"
)


def test_gm_encrypts_as_rfc_8998_prints_it():
    assert GM.cipher(SM4_KEY).encrypt(SM4_NONCE, SM4_PLAIN, SM4_AAD) == SM4_SEALED
    assert GM.cipher(SM4_KEY).decrypt(SM4_NONCE, SM4_SEALED, SM4_AAD) == SM4_PLAIN


@pytest.mark.parametrize("place", [0, 63, 64, 79])
def test_gm_gives_nothing_of_what_was_changed_in_text_or_tag(place):
    broken = bytearray(SM4_SEALED)
    broken[place] ^= 1
    with pytest.raises(InvalidTag):
        Sm4Gcm(SM4_KEY).decrypt(SM4_NONCE, bytes(broken), SM4_AAD)
    with pytest.raises(InvalidTag):
        Sm4Gcm(SM4_KEY).decrypt(SM4_NONCE, SM4_SEALED, SM4_AAD[:-1])


# GB/T 32905-2016, appendix A.
@pytest.mark.parametrize(
    ("said", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_gm_digests_as_the_standard_prints_it(said, digest):
    assert sm3(said).hex() == digest


def test_intl_macs_as_rfc_4231_prints_it():
    assert INTL.hmac(b"Jefe", b"what do ya want for nothing?").hex() == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_gm_macs_by_the_construction_of_rfc_2104_over_sm3():
    padded = b"a key".ljust(64, b"\0")
    inner = sm3(bytes(one ^ 0x36 for one in padded) + b"said")
    assert GM.hmac(b"a key", b"said") == sm3(bytes(one ^ 0x5C for one in padded) + inner)


def test_intl_derives_as_the_key_ring_does():
    assert INTL.derive(b"k" * 32, b"use", 32) == derive(b"k" * 32, b"loansms/1", b"use")


def test_the_codes_and_sizes_that_stored_values_hang_on_stay():
    assert {name: (one.code, one.key_size, one.signature) for name, one in SUITES.items()} == {
        "intl": (1, 32, "Ed25519"),
        "gm": (2, 16, "SM2"),
    }
    assert [CODED[one.code] for one in SUITES.values()] == list(SUITES.values())


def test_an_unknown_suite_is_refused_wherever_one_is_named():
    for act in (
        lambda: suite_named("rot13"),
        lambda: DataKey(bytes(32), tenant="main", subject="B-1", suite="rot13"),
        lambda: StaticKeys({"2026a": b"k" * 32}, current="2026a", suite="rot13"),
        lambda: BlindIndex({"i1": b"i" * 32}, suite="rot13"),
    ):
        with pytest.raises(ConfigurationError, match="expected one of intl, gm") as caught:
            act()
        assert "intl、gm" in caught.value.zh


def test_where_openssl_lacks_a_cipher_its_suite_is_refused_at_once_and_says_so(monkeypatch):
    def lacking() -> None:
        raise UnsupportedAlgorithm("sm3 is not there")

    monkeypatch.setattr(suites, "SUITES", {"gm": attrs.evolve(GM, hash=lacking)})
    with pytest.raises(ConfigurationError, match="cipher suite gm: this OpenSSL lacks its ciphers"):
        suite_named("gm")
