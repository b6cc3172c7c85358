"""Look-up by a keyed tag: found through a rotation, and nothing without the key."""

import hmac

import pytest

from loansms.errors import ConfigurationError
from loansms.privacy import BlindIndex
from loansms.privacy.keys import derive

I1, I2 = b"1" * 32, b"2" * 32
NUMBER = "+8613800138000"
BEFORE, DURING, AFTER = (BlindIndex(keys) for keys in ({"i1": I1}, {"i1": I1, "i2": I2}, {"i2": I2}))


def test_a_number_is_found_before_during_and_after_a_rotation():
    rows = set(BEFORE.tags("phone", "main", NUMBER).items())
    assert rows & set(DURING.tags("phone", "main", NUMBER).items())
    rows |= set(DURING.tags("phone", "main", NUMBER).items())  # re-indexed
    rows = {(key, tag) for key, tag in rows if key != "i1"}  # the old key and its rows dropped
    assert rows & set(AFTER.tags("phone", "main", NUMBER).items())


def test_a_tag_is_half_of_an_hmac_over_label_tenant_and_value():
    said = b"".join(len(word).to_bytes(4, "big") + word for word in (b"phone", b"main", NUMBER.encode()))
    key = derive(I1, b"loansms/1", b"blind index")
    assert BEFORE.tags("phone", "main", NUMBER) == {"i1": hmac.digest(key, said, "sha256")[:16]}


def test_two_kinds_tenants_suites_or_keys_have_nothing_in_common():
    tags = [
        *DURING.tags("phone", "main", NUMBER).values(),
        *BEFORE.tags("subject", "main", NUMBER).values(),
        *BEFORE.tags("phone", "east", NUMBER).values(),
        *BEFORE.tags("phone", "main" + NUMBER[0], NUMBER[1:]).values(),
        *BlindIndex({"i1": I1}, suite="gm").tags("phone", "main", NUMBER).values(),
    ]
    assert len(set(tags)) == 6
    assert {len(tag) for tag in tags} == {16}


@pytest.mark.parametrize("keys", [{}, {"i1": b"short"}, {"i1": I1, "i2": I1}, {"i 1": I1}])
def test_an_unusable_index_is_refused(keys):
    with pytest.raises(ConfigurationError, match="blind index: ") as caught:
        BlindIndex(keys)
    assert caught.value.zh.startswith("盲索引")
