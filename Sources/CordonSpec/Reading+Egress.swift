import CordonModel
import CordonWire

extension Reading {
  /// `egress:`.
  mutating func allowedHosts(_ value: Value?, region: Region?) -> [AllowedHost] {
    guard let value, let fields = fields(value, of: .egress) else { return [] }
    return hosts(fields["hosts"], entry: .host, region: region)
  }

  /// A list of outside hosts; `entry` is what its members are called.
  mutating func hosts(_ list: Value?, entry: Section, region: Region?) -> [AllowedHost] {
    var declared = DeclaredNames<String>()
    return members(list).compactMap { member in
      guard let host = allowedHost(member, entry: entry) else { return nil }
      let text = Self.text(of: host)
      if let region, Self.isServedInside(host.pattern, region: region) {
        errors.append(.servedInside(text, at: member.span))
      }
      guard take("\(text):\(host.port)", of: .host, at: member.span, in: &declared) else { return nil }
      report(host, as: text, at: member.span)
      return host
    }
  }

  private mutating func allowedHost(_ value: Value, entry: Section) -> AllowedHost? {
    switch value.tree {
    case .scalar where !value.tree.isNothing: return shortEntry(value)
    case .mapping: return longEntry(value, entry)
    default:
      wrongType(value, expected: .hostEntry)
      return nil
    }
  }

  /// `mirror.example.com` or `mirror.example.com:8443`.
  private mutating func shortEntry(_ value: Value) -> AllowedHost? {
    guard let text = text(value) else { return nil }
    let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = halves.first.map(String.init) ?? ""
    guard !text.contains("://") else {
      refuse(
        NameRefusal(
          kind: "outside host", text: text, rule: "write NAME or NAME:PORT, without 'https://' and path"),
        at: value.span)
      return nil
    }
    guard let pattern = self.pattern(name, at: value.span),
      let port = halves.count == 2 ? self.port(String(halves[1]), in: text, at: value.span) : 443
    else { return nil }
    return entry(pattern, port: port, inspection: .intercept, reason: nil, at: value.span)
  }

  /// `{ host, port, inspect, reason }`.
  private mutating func longEntry(_ value: Value, _ section: Section) -> AllowedHost? {
    guard let fields = fields(value, of: section) else { return nil }
    let host = required("host", in: fields)
    let pattern = host.flatMap { host in text(host).flatMap { self.pattern($0, at: host.span) } }
    let port = fields["port"] == nil ? 443 : number(fields["port"], in: 1...65_535, kind: "port")
    let inspection =
      fields["inspect"] == nil
      ? .intercept : choice(fields["inspect"], kind: "way to inspect", of: AllowedHost.Inspection.self)
    let reason = self.reason(fields["reason"])
    guard let pattern, let port, let inspection else { return nil }
    guard fields["reason"] == nil || reason != nil else { return nil }
    return entry(pattern, port: UInt16(port), inspection: inspection, reason: reason, at: value.span)
  }

  private mutating func entry(
    _ pattern: AllowedHost.Pattern, port: UInt16, inspection: AllowedHost.Inspection, reason: String?,
    at span: Location
  ) -> AllowedHost {
    let host = AllowedHost(pattern: pattern, port: port, inspection: inspection, reason: reason)
    let text = Self.text(of: host)
    if reason == nil, case .childrenOf = pattern {
      errors.append(.missingReason(text, for: .wildcard, at: span))
    } else if reason == nil, inspection == .splice {
      errors.append(.missingReason(text, for: .splice, at: span))
    }
    return host
  }

  /// A reason says something: one line with a word in it.
  private mutating func reason(_ value: Value?) -> String? {
    parsed(value) { text throws(NameRefusal) in
      let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      guard line.contains(where: \.isLetter), line.utf8.count <= 500 else {
        throw NameRefusal(kind: "reason", text: text, rule: "say in a sentence why this is needed")
      }
      return line
    }
  }

  /// `name.example.com` or `*.example.com`.
  private mutating func pattern(_ text: String, at span: Location) -> AllowedHost.Pattern? {
    let isWildcard = text.hasPrefix("*.")
    let name = isWildcard ? String(text.dropFirst(2)) : text
    do throws(NameRefusal) {
      guard !name.contains("*") else {
        throw NameRefusal(
          kind: "outside host", text: text, rule: "a '*' stands for whole labels in front: '*.example.com'")
      }
      let domain = try domainName(name)
      guard domain.labels.count >= 2 else {
        throw NameRefusal(kind: "outside host", text: text, rule: "write the full name, with its domain")
      }
      return isWildcard ? .childrenOf(domain) : .exact(domain)
    } catch {
      refuse(error, at: span)
      return nil
    }
  }

  private func domainName(_ text: String) throws(NameRefusal) -> DomainName {
    do {
      return try DomainName(text)
    } catch {
      throw NameRefusal(kind: "outside host", text: text, rule: "\(error)")
    }
  }

  private mutating func port(_ digits: String, in text: String, at span: Location) -> UInt16? {
    if let number = Quantity.digits(digits[...]), number > 0, let port = UInt16(exactly: number) {
      return port
    }
    refuse(
      NameRefusal(kind: "outside host", text: text, rule: "a port is a number from 1 to 65535"), at: span)
    return nil
  }

  private mutating func report(_ host: AllowedHost, as text: String, at span: Location) {
    let subject = "\(text):\(host.port)"
    if case .childrenOf = host.pattern {
      findings.append(
        RouteFinding(.wildcardHost, of: subject, on: .externalUpload, at: span, reason: host.reason))
    }
    if host.inspection == .splice {
      findings.append(
        RouteFinding(.splicedHost, of: subject, on: .externalUpload, at: span, reason: host.reason))
    } else if case .exact = host.pattern {
      findings.append(
        RouteFinding(.listedHost, of: subject, on: .externalUpload, at: span, reason: host.reason))
    }
  }

  private static func text(of host: AllowedHost) -> String {
    switch host.pattern {
    case .exact(let name): "\(name)"
    case .childrenOf(let parent): "*.\(parent)"
    }
  }

  /// Whether an entry would lead a name outside that the gateway answers itself, past the endpoint policies.
  private static func isServedInside(_ pattern: AllowedHost.Pattern, region: Region) -> Bool {
    let names = ServiceNames(region: region)
    switch pattern {
    case .exact(let name): return names.endpoint(of: name) != nil || name.text == ServiceNames.notebook
    case .childrenOf(let parent):
      guard names.endpoint(of: parent) == nil, parent.text != ServiceNames.notebook else { return true }
      return (names.all.map(\.name) + [ServiceNames.notebook]).contains { served in
        (try? DomainName(served)).map { $0.isChild(of: parent) } ?? true
      }
    }
  }
}
