public import CordonWire

/// Where a name leads inside a workspace: always loopback, one address an endpoint.
public enum LoopbackAddress {
  /// DNS, proxy and credentials.
  public static let gateway: [UInt8] = [127, 0, 0, 1]
  /// S3.
  public static let s3: [UInt8] = [127, 0, 0, 2]
  /// STS.
  public static let sts: [UInt8] = [127, 0, 0, 3]
  /// The package mirror.
  public static let packages: [UInt8] = [127, 0, 0, 4]
  /// Listed outside hosts, for clients that know no proxy: TLS whose server name says which host is meant.
  public static let outside: [UInt8] = [127, 0, 0, 5]

  /// Dotted decimal.
  public static func text(_ address: [UInt8]) -> String { address.map(String.init).joined(separator: ".") }
}

/// The names that the gateway serves in a workspace, as a VPC endpoint with private DNS does.
public struct ServiceNames: Sendable {
  private let s3: Set<String>
  private let sts: Set<String>
  /// The mirror's host name.
  public static let packages = "packages.cordon.internal"
  /// The name under which a session's browser, and nothing else, finds its notebook.
  public static let notebook = "notebook.cordon.internal"

  /// The names of one region.
  public init(region: Region) {
    s3 = ["s3.\(region).amazonaws.com", "s3.amazonaws.com", "s3.dualstack.\(region).amazonaws.com"]
    sts = ["sts.\(region).amazonaws.com", "sts.amazonaws.com"]
  }

  /// The endpoint that a name stands for, or nil for a name that is not served.
  ///
  /// A bucket is one label in front of an S3 name; deeper children are not served, so that no name is longer than
  /// a bucket name can be.
  public func endpoint(of name: DomainName) -> EndpointKind? {
    let text = name.description
    if s3.contains(text) { return .s3 }
    if sts.contains(text) { return .sts }
    if text == Self.packages { return .packages }
    return bucketLabel(of: text) == nil ? nil : .s3
  }

  /// The bucket's name in a virtual-host style host name, or nil where there is none.
  public func bucketLabel(of host: String) -> String? {
    guard let dot = host.firstIndex(of: ".") else { return nil }
    return s3.contains(String(host[host.index(after: dot)...])) ? String(host[..<dot]) : nil
  }

  /// Every fixed name with its address, for certificates and documentation.
  public var all: [(name: String, address: [UInt8])] {
    s3.sorted().map { ($0, LoopbackAddress.s3) } + sts.sorted().map { ($0, LoopbackAddress.sts) }
      + [(Self.packages, LoopbackAddress.packages)]
  }
}
