import CordonModel
import FoundationEssentials

extension Reading {
  /// `packages:`.
  mutating func pypi(_ value: Value?) -> PyPIRules? {
    guard let value, let packages = fields(value, of: .packages), let pypi = packages["pypi"],
      let fields = self.fields(pypi, of: .pypi)
    else { return nil }
    let week = 7 * 86_400
    let dependencies =
      fields["with"] == nil ? .nothing : choice(fields["with"], kind: "choice", of: Companions.self)
    return PyPIRules(
      allow: packageNames(required("allow", in: fields)),
      withDependencies: dependencies == .dependencies,
      minimumAge: duration(fields["minimumAge"], atLeast: 0) ?? week,
      upstream: parsed(fields["upstream"]) { text throws(NameRefusal) in try Self.upstream(text) })
  }

  /// What comes with a listed package.
  private enum Companions: String, CaseIterable {
    case dependencies, nothing
  }

  private mutating func packageNames(_ value: Value?) -> [String] {
    var declared = DeclaredNames<String>()
    return members(value).compactMap { member in
      let name = parsed(member) { text throws(NameRefusal) in try Self.packageName(text) }
      guard let name, take(name, of: .package, at: member.span, in: &declared) else { return nil }
      return name
    }
  }

  /// The name in PEP 503's spelling: lower case, runs of `-`, `_` and `.` as one `-`. The alphabet is PEP 508's.
  static func packageName(_ text: String) throws(NameRefusal) -> String {
    let bytes = text.utf8
    func isLetterOrDigit(_ byte: UInt8?) -> Bool {
      switch byte {
      case .some(0x30...0x39), .some(0x41...0x5A), .some(0x61...0x7A): true
      default: false
      }
    }
    guard (1...100).contains(bytes.count), isLetterOrDigit(bytes.first), isLetterOrDigit(bytes.last),
      bytes.allSatisfy({ isLetterOrDigit($0) || "-_.".utf8.contains($0) })
    else {
      throw NameRefusal(
        kind: "package name", text: text,
        rule: "write the bare name, like 'scikit-learn'; versions stand in the lock")
    }
    let parts = text.lowercased().split { "-_.".contains($0) }
    return parts.joined(separator: "-")
  }

  /// An index that answers over TLS, or on this machine; without a password, which has no place in a reviewed file.
  static func upstream(_ text: String) throws(NameRefusal) -> String {
    func refusal(_ rule: String) -> NameRefusal { NameRefusal(kind: "package index", text: text, rule: rule) }
    guard let url = URL(string: text), let scheme = url.scheme, let host = url.host(), !host.isEmpty,
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw refusal("write a URL like 'https://mirror.example.com/simple/'") }
    guard url.user == nil, url.password == nil else {
      throw NameRefusal(
        kind: "package index", text: "\(scheme)://...@\(host)",
        rule: "a name or password has no place in this file")
    }
    guard url.query == nil, url.fragment == nil else { throw refusal("write it without '?' and '#'") }
    guard scheme == "https" || (scheme == "http" && ["127.0.0.1", "::1", "localhost"].contains(host)) else {
      throw refusal("write 'https://'; plain http is read from this machine only")
    }
    return text
  }
}
