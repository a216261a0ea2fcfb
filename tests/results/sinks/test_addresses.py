"""URLs of brokers and webhooks."""

import pytest

from aoi_modules.results.sinks.addresses import DEFAULT_TOPIC, BrokerAddress, broker_address, check_webhook


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtt://broker", BrokerAddress("broker", 1883, False, "", DEFAULT_TOPIC)),
        ("mqtt://broker/", BrokerAddress("broker", 1883, False, "", DEFAULT_TOPIC)),
        ("mqtts://broker/line", BrokerAddress("broker", 8883, True, "", "line")),
        ("mqtt://aoi@10.0.0.7:99/a/{component}", BrokerAddress("10.0.0.7", 99, False, "aoi", "a/{component}")),
        ("mqtt://a%40b@[::1]:99/line%201", BrokerAddress("::1", 99, False, "a@b", "line 1")),
    ],
)
def test_a_broker(url: str, address: BrokerAddress) -> None:
    assert broker_address(url) == address


@pytest.mark.parametrize(("host", "name"), [("broker", "the broker broker:1883"), ("[::1]", "the broker [::1]:1883")])
def test_a_brokers_name(host: str, name: str) -> None:
    assert str(broker_address(f"mqtt://{host}")) == name


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("broker:1883", "expected mqtt://"),
        ("http://broker", "expected mqtt://"),
        ("mqtt://", "expected mqtt://"),
        ("mqtt://broker:0", "expected mqtt://"),
        ("mqtt://broker:70000", "expected mqtt://"),
        ("mqtt://broker:x", "expected mqtt://"),
        ("mqtt://aoi:geheim@broker", "password_file"),
        ("mqtt://broker/a#b", "without `\\?` and `#`"),
        ("mqtt://broker/a?b", "without `\\?` and `#`"),
        ("mqtt://broker/a/+", "no `\\+`"),
        ("mqtt://broker/{lots}", "expected fields of"),
    ],
)
def test_what_is_no_broker_is_refused(url: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as refusal:
        broker_address(url)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/aoi", "https://quality.example/aoi?line=2"])
def test_a_webhook(url: str) -> None:
    check_webhook(url)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("quality.example", "expected http://HOST/PATH"),
        ("ftp://quality.example", "expected http://HOST/PATH"),
        ("https:///aoi", "expected http://HOST/PATH"),
        ("https://aoi:geheim@quality.example", "expected no user"),
    ],
)
def test_what_is_no_webhook_is_refused(url: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as refusal:
        check_webhook(url)
    assert "geheim" not in str(refusal.value)
