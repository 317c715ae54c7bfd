import CordonModel
import CordonWire

extension Reading {
  /// `portal:`. Without it there is none.
  mutating func portal(_ value: Value?) -> PortalRules? {
    guard let value, let fields = self.fields(value, of: .portal) else { return nil }
    let listener = parsed(fields["listen"]) { text throws(NameRefusal) in try PortalText.listener(text) }
    let place = listener ?? PortalText.standard
    var origin = parsed(fields["address"]) { text throws(NameRefusal) in try PortalText.origin(text) }
    if fields["address"] == nil {
      // A wildcard is nothing that a browser can be pointed at.
      if place.address.bytes.allSatisfy({ $0 == 0 }) { _ = required("address", in: fields) }
      origin = PortalText.origin(of: place)
    }
    let signIn = self.signIn(fields["signIn"])
    let from = members(fields["from"]).compactMap { member in
      parsed(member) { text throws(NameRefusal) in try AddressRange(text) }
    }
    guard let origin else { return nil }
    var rules = PortalRules(listener: place, origin: origin, signIn: signIn ?? .local, from: from)
    if let session = fields["session"] { read(portalSession: session, into: &rules) }
    return rules
  }

  private mutating func read(portalSession value: Value, into rules: inout PortalRules) {
    guard let fields = self.fields(value, of: .portalSession) else { return }
    rules.idle = duration(fields["idle"], atLeast: 60) ?? rules.idle
    let longest = duration(fields["longest"], atLeast: 60)
    rules.longest = longest ?? max(rules.longest, rules.idle)
    if let longest, longest < rules.idle, let value = fields["longest"], let text = self.text(value) {
      refuse(
        NameRefusal(kind: "longest session", text: text, rule: "it is shorter than 'idle'"), at: value.span)
    }
  }

  // MARK: Signing in

  private enum LocalSignIn: String, CaseIterable { case local }

  /// `local`, or a mapping that names a provider.
  private mutating func signIn(_ value: Value?) -> PortalRules.SignIn? {
    guard let value else { return nil }
    guard case .mapping = value.tree else {
      return choice(value, kind: "way to sign in", of: LocalSignIn.self).map { _ in .local }
    }
    guard let fields = self.fields(value, of: .signIn), let oidc = required("oidc", in: fields) else {
      return nil
    }
    return provider(oidc).map { .provider($0) }
  }

  private mutating func provider(_ value: Value) -> ProviderRules? {
    guard let fields = self.fields(value, of: .oidc) else { return nil }
    let issuer = parsed(required("issuer", in: fields)) { text throws(NameRefusal) in
      try PortalText.issuer(text)
    }
    let client = parsed(required("client", in: fields)) { text throws(NameRefusal) in
      try PortalText.word(text, kind: "client id")
    }
    let hosts = members(fields["hosts"]).compactMap { member in
      parsed(member) { text throws(NameRefusal) in try PortalText.authority(text, kind: "host") }
    }
    let secret = fields["secretFile"].flatMap { path($0) }.map { folder.absolute($0) }
    let authority = fields["authorityFile"].flatMap { path($0) }.map { folder.absolute($0) }
    let claim = parsed(fields["claim"]) { text throws(NameRefusal) in try PortalText.word(text, kind: "claim")
    }
    let groupsClaim = parsed(fields["groupsClaim"]) { text throws(NameRefusal) in
      try PortalText.word(text, kind: "claim")
    }
    let groups = self.groups(fields["groups"])
    guard let issuer, let client else { return nil }
    return ProviderRules(
      issuer: issuer, hosts: hosts, client: client, secretFile: secret, authorityFile: authority,
      claim: claim ?? "sub", groupsClaim: groupsClaim ?? "groups", groups: groups)
  }

  /// Which group of the provider's bears each role out.
  private mutating func groups(_ value: Value?) -> [Person.Role: String] {
    var groups: [Person.Role: String] = [:]
    for entry in value.flatMap({ mapping($0) }) ?? [] {
      guard let role = Person.Role(rawValue: entry.key) else {
        let roles = Person.Role.allCases.map(\.rawValue)
        errors.append(
          .unknownKey(
            Self.clipped(entry.key), at: entry.keySpan, didYouMean: meant(by: entry.key, among: roles)))
        continue
      }
      let group = parsed(Value(label: "'\(entry.key)'", tree: entry.value)) { text throws(NameRefusal) in
        try PortalText.word(text, kind: "group")
      }
      groups[role] = group
    }
    return groups
  }
}

/// Addresses and words of the portal, as people write them.
enum PortalText {
  /// Where the portal listens unless the spec says otherwise.
  static let standard = PortalRules.Listener(address: loopback, port: 8443)

  private static var loopback: IPAddress {
    guard let address = IPAddress(bytes: [127, 0, 0, 1]) else {
      preconditionFailure("four bytes are an address")
    }
    return address
  }

  /// `127.0.0.1:8443` or `[::1]:8443`.
  static func listener(_ text: String) throws(NameRefusal) -> PortalRules.Listener {
    guard let (host, port) = split(text), let port, let address = address(host) else {
      throw NameRefusal(
        kind: "place to listen", text: text,
        rule: "write an address and a port like 127.0.0.1:8443 or '[::1]:8443'")
    }
    return PortalRules.Listener(address: address, port: port)
  }

  /// `https://HOST[:PORT]` of a listener.
  static func origin(of listener: PortalRules.Listener) -> String {
    let host = listener.address.isV4 ? "\(listener.address)" : "[\(listener.address)]"
    return "https://\(host)" + (listener.port == 443 ? "" : ":\(listener.port)")
  }

  /// `https://HOST[:PORT]`, as a browser writes it in `Origin`.
  static func origin(_ text: String) throws(NameRefusal) -> String {
    guard text.hasPrefix("https://"), let (host, port) = split(String(text.dropFirst(8))), isHost(host) else {
      throw NameRefusal(
        kind: "portal address", text: text, rule: "write one like https://portal.example.com, without a path")
    }
    return "https://\(host)" + (port.map { $0 == 443 ? "" : ":\($0)" } ?? "")
  }

  /// `https://HOST[:PORT][/PATH]`; it is compared byte by byte, so nothing of it is changed.
  static func issuer(_ text: String) throws(NameRefusal) -> String {
    let rest = text.dropFirst(8)
    let authority = rest.prefix { $0 != "/" }
    let path = rest[authority.endIndex...]
    guard text.hasPrefix("https://"), text.utf8.count <= 1_024, let (host, _) = split(String(authority)),
      isHost(host), path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      !path.contains(where: { "?#@\\\"<>".contains($0) })
    else {
      throw NameRefusal(
        kind: "issuer", text: text,
        rule: "write it as the provider does, like https://login.example.com, without a query")
    }
    return text
  }

  /// `HOST[:PORT]`.
  static func authority(_ text: String, kind: String) throws(NameRefusal) -> String {
    guard let (host, port) = split(text), isHost(host) else {
      throw NameRefusal(kind: kind, text: text, rule: "write one like keys.example.com")
    }
    return host + (port.map { $0 == 443 ? "" : ":\($0)" } ?? "")
  }

  /// Visible ASCII without blanks.
  static func word(_ text: String, kind: String) throws(NameRefusal) -> String {
    guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw NameRefusal(
        kind: kind, text: text, rule: "write 1 to 255 visible ASCII characters without blanks")
    }
    return text
  }

  private static func isHost(_ host: String) -> Bool {
    address(host) != nil || (try? DomainName(host)) != nil
  }

  private static func address(_ host: String) -> IPAddress? {
    if host.hasPrefix("["), host.hasSuffix("]") {
      let inner = String(host.dropFirst().dropLast())
      return inner.contains(":") ? IPAddress(inner) : nil
    }
    return host.contains(":") ? nil : IPAddress(host)
  }

  /// Host and port; nil where a port is written that is none.
  private static func split(_ text: String) -> (host: String, port: UInt16?)? {
    let colon = text.lastIndex(of: ":")
    guard let colon, !text[colon...].contains("]") else { return (text, nil) }
    let digits = text[text.index(after: colon)...]
    guard let number = Quantity.digits(digits), let port = UInt16(exactly: number), port != 0 else {
      return nil
    }
    return (String(text[..<colon]), port)
  }
}
