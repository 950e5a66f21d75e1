"""Keyed hashes for a status that many people may read."""

import hashlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st
from mwaa_operator.planning.fingerprint import FingerprintKey

KEY, OTHER = FingerprintKey(b"0123456789abcdef"), FingerprintKey(b"fedcba9876543210")
OPTIONS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["", "1", "x", "yes"]), max_size=5)


@settings(deadline=None)
@given(OPTIONS)
def test_the_same_content_gives_the_same_fingerprint_in_any_order_of_keys(options):
    assert KEY.fingerprint(options) == KEY.fingerprint(dict(reversed(options.items())))


@settings(deadline=None)
@given(OPTIONS, OPTIONS)
def test_other_content_gives_another_fingerprint(one, other):
    assert (KEY.fingerprint(one) == KEY.fingerprint(other)) is (one == other)


def test_nested_content_counts():
    assert KEY.fingerprint({"a": {"b": [1, 2]}}) != KEY.fingerprint({"a": {"b": [2, 1]}})


def test_a_fingerprint_says_which_key_made_it():
    found = KEY.fingerprint({"a": "b"})
    assert KEY.made(found)
    assert not OTHER.made(found)


def test_what_is_not_remembered_was_made_with_no_key():
    assert not KEY.made(None)
    assert not KEY.made("")
    assert not KEY.made("written-by-hand")


def test_the_same_content_has_another_fingerprint_under_another_key():
    one, other = (key.fingerprint({"a": "b"}).partition(":")[2] for key in (KEY, OTHER))
    assert one != other


def test_a_short_value_cannot_be_guessed_by_hashing_guesses():
    found = KEY.fingerprint({"smtp.smtp_password": "a"}).partition(":")[2]
    canonical = json.dumps({"smtp.smtp_password": "a"}, separators=(",", ":")).encode()
    for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b"):
        assert not hashlib.new(algorithm, canonical).hexdigest().startswith(found)


def test_neither_key_nor_content_is_in_what_is_shown():
    shown = f"{KEY!r}{KEY.id}{KEY.fingerprint({'a': 'canary'})}"
    assert "0123456789abcdef" not in shown
    assert b"0123456789abcdef".hex() not in shown
    assert "canary" not in shown
    assert len(KEY.id) == 8
