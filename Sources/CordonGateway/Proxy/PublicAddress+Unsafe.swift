import NIOCore

/// Tells addresses of the public internet from all others.
///
/// A name that an allowlist admits can be made to lead anywhere by whoever serves its zone: to the gateway's
/// own loopback, to the machine's private network, to a cloud's metadata service. Only what is certainly
/// public is dialled.
enum PublicAddress {
  /// Whether an address is one of the public internet (IANA special-purpose address registries).
  static func contains(_ address: SocketAddress) -> Bool {
    switch address {
    // The address stands behind family and port, in IPv6 behind the flow label too (ip(7), ipv6(7)).
    case .v4(let v4): isPublic(v4: bytes(of: v4.address)[4..<8].reduce(0) { $0 << 8 | UInt32($1) })
    case .v6(let v6): isPublic(v6: Array(bytes(of: v6.address)[8..<24]))
    case .unixDomainSocket: false
    }
  }

  private static func bytes<Address>(of address: Address) -> [UInt8] {
    // SAFETY: a socket address is plain bytes, sockaddr_in 16 and sockaddr_in6 28; they are copied while it
    // lives.
    unsafe withUnsafeBytes(of: address) { unsafe Array($0) }
  }

  private static let special4: [(prefix: UInt32, length: UInt32)] = [
    (0x0000_0000, 8),  // this network
    (0x0A00_0000, 8),  // private
    (0x6440_0000, 10),  // carrier-grade NAT
    (0x7F00_0000, 8),  // loopback
    (0xA9FE_0000, 16),  // link-local, cloud metadata
    (0xAC10_0000, 12),  // private
    (0xC000_0000, 24),  // protocol assignments
    (0xC000_0200, 24),  // documentation
    (0xC058_6300, 24),  // 6to4 relay
    (0xC0A8_0000, 16),  // private
    (0xC612_0000, 15),  // benchmarks
    (0xC633_6400, 24),  // documentation
    (0xCB00_7100, 24),  // documentation
    (0xE000_0000, 4),  // multicast
    (0xF000_0000, 4),  // reserved, broadcast
  ]

  static func isPublic(v4 address: UInt32) -> Bool {
    // 168.63.129.16 is one cloud's metadata address inside of public space.
    address != 0xA83F_8110
      && special4.allSatisfy { address >> (32 - $0.length) != $0.prefix >> (32 - $0.length) }
  }

  /// Global unicast (2000::/3) without what embeds or tunnels to other addresses, and without documentation.
  /// IPv4-mapped, NAT64, unique local, link-local and multicast addresses all lie outside of 2000::/3.
  static func isPublic(v6 bytes: [UInt8]) -> Bool {
    guard bytes.count == 16, bytes[0] & 0xE0 == 0x20 else { return false }
    let first = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    let second = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    if first == 0x2002 { return false }  // 6to4
    // Protocol assignments with Teredo, and documentation.
    if first == 0x2001, second < 0x0200 || second == 0x0DB8 { return false }
    if first == 0x3FFF, second < 0x1000 { return false }  // documentation
    return true
  }
}
