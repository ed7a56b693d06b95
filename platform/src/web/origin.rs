//! Where a request comes from. What a proxy says of it is believed of the proxies that are named, and of nobody else:
//! anybody can write the header.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// An address, or all addresses that begin with the same bits: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("give an IP address, or one with the number of bits that count, such as 10.0.0.0/8")]
pub struct NoNetwork;

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().map_err(|_| NoNetwork)?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| NoNetwork)?;
        let most = width(address);
        let bits = bits.unwrap_or(most);
        if bits <= most { Ok(Self { address, bits }) } else { Err(NoNetwork) }
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        let rest = width(self.address) - self.bits;
        let begins = |address| number(address).checked_shr(rest).unwrap_or_default();
        address.is_ipv4() == self.address.is_ipv4() && begins(address) == begins(self.address)
    }
}

/// The address of whoever sent the request: the socket's, or, where that is a trusted proxy's, the last one in
/// `X-Forwarded-For` that is none of the trusted proxies.
pub fn address(parts: &Parts, trusted: &[Network]) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())?;
    Some(client(peer, &parts.headers, trusted))
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    let told: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut at = peer;
    for text in told.into_iter().rev() {
        if !is_trusted(at) {
            break;
        }
        // What can't be read is as far as the trusted proxies can tell.
        let Some(before) = read(text.trim()) else { break };
        at = before;
    }
    at
}

/// An address, with or without a port.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, told: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in told {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_forwarded_address_is_believed_of_trusted_proxies_only() {
        assert_eq!(of("127.0.0.1", &["203.0.113.9"], &[]), "127.0.0.1");
        assert_eq!(of("127.0.0.1", &["203.0.113.9"], &["127.0.0.1"]), "203.0.113.9");
        assert_eq!(of("198.51.100.2", &["203.0.113.9"], &["127.0.0.1"]), "198.51.100.2");
        // What the client wrote itself stands to the left of what the proxies add.
        assert_eq!(of("10.0.0.1", &["1.1.1.1, 203.0.113.9", "10.2.3.4:443"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(of("10.0.0.1", &["203.0.113.9, unknown"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(of("::1", &["[2001:db8::7]:55"], &["::1/128"]), "2001:db8::7");
        assert_eq!(of("10.0.0.1", &["203.0.113.9"], &["0.0.0.0/0"]), "203.0.113.9");
    }

    #[test]
    fn a_network_is_an_address_with_the_bits_that_count() {
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0.0/x", "proxy.example"] {
            assert_eq!(wrong.parse::<Network>(), Err(NoNetwork), "{wrong}");
        }
        let network: Network = "192.168.4.0/22".parse().unwrap();
        assert!(network.holds("192.168.7.255".parse().unwrap()) && !network.holds("192.168.8.0".parse().unwrap()));
    }
}
