public import CordonModel

/// A line of the spec that lets something through which Cordon keeps shut by itself.
///
/// None is a mistake: somebody wanted it. All are shown, so that what is open is known and carries its reason.
public struct RouteFinding: Equatable, Sendable {
  /// What the line opens.
  public enum Route: String, Sendable, CaseIterable {
    /// One outside host.
    case listedHost = "listed-host"
    /// Every name below one: whoever can register a child can receive data.
    case wildcardHost = "wildcard-host"
    /// A host whose TLS is passed through unread.
    case splicedHost = "spliced-host"
    /// An IAM document of the user's beside the compiled ones.
    case ownPolicy = "own-policy"
    /// A sandbox mechanism that may be missing.
    case missingMechanism = "missing-mechanism"
    /// The remote browser lets a person copy out.
    case clipboardOut = "clipboard-out"
    /// The remote browser lets a person take files out.
    case download
    /// The remote browser lets a person print.
    case print
  }

  /// What the line opens.
  public var route: Route
  /// What it opens it to: a host, an endpoint, a bucket, a role, a mechanism.
  public var subject: String
  /// The line.
  public var location: Location
  /// Why, in the words of whoever wrote it; absent where none was asked for and none given.
  public var reason: String?

  /// The egress path that the route belongs to; absent where it may weaken any of them.
  public var path: EgressPath?

  init(
    _ route: Route, of subject: String, on path: EgressPath?, at location: Location, reason: String? = nil
  ) {
    self.route = route
    self.subject = subject
    self.path = path
    self.location = location
    self.reason = reason
  }
}

extension RouteFinding: CustomStringConvertible {
  /// `cordon.yaml:9:7: wildcard-host '*.example.com': licence server`.
  public var description: String {
    Terminal.safe("\(location): \(route.rawValue) '\(subject)'" + (reason.map { ": \($0)" } ?? ""))
  }
}
