"""The line's own certificate is one that clients take, and nobody prints its key."""

import pytest

from aoi_modules.cluster.live.certificates import self_signed
from aoi_modules.errors import MissingExtra


def test_it_is_signed_by_its_authority_for_all_names() -> None:
    from cryptography import x509

    made = self_signed("gateway.aoi.svc", ["localhost", "*.gateway-pods.aoi", "localhost"], days=30)
    certificate, authority = (
        x509.load_pem_x509_certificate(one.encode()) for one in (made.certificate, made.authority)
    )
    certificate.verify_directly_issued_by(authority)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["gateway.aoi.svc", "localhost", "*.gateway-pods.aoi"]
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 30
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is True
    assert "PRIVATE KEY" in made.key
    assert "PRIVATE KEY" not in repr(made)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aoi_modules.cluster.live.certificates.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match="cryptography"):
        self_signed("x", [], 1)
