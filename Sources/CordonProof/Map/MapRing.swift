import CordonModel

/// A ring of the picture: layers of one kind, from the data outwards, in the order in which a request meets them.
enum MapRing: Int, CaseIterable {
  case permissions, workspace, network, doors, names, organization, browser

  /// The ring's name in the legend.
  var title: String {
    switch self {
    case .permissions: "roles and resources"
    case .workspace: "workspace"
    case .network: "network"
    case .doors: "endpoints and gateway"
    case .names: "names and hosts"
    case .organization: "organisation"
    case .browser: "browser"
    }
  }

  /// The ring that a control's layer stands on. A layer whose name says nothing here stands with roles and resources,
  /// innermost: the picture then shows it too early, never too late.
  init(layer: String) {
    let words = layer.lowercased()
    self = Self.marks.first { $0.marks.contains { words.contains($0) } }?.ring ?? .permissions
  }

  private static let marks: [(ring: MapRing, marks: [String])] = [
    (.browser, ["browser", "portal", "clipboard", "settings attached"]),
    (.organization, ["service control", "resource control", "scp", "rcp", "organi", "guardrail"]),
    (.doors, ["endpoint", "mirror", "package", "credential", "gateway", "object store"]),
    (.names, ["dns", "dhcp", "resolver", "proxy", "host", "sni", "server name", "domain"]),
    (
      .network,
      ["network", "route", "subnet", "security group", "nacl", "internet", "vpc", "gateway attachment"]
    ),
    (
      .workspace,
      [
        "kernel", "launcher", "sandbox", "call filter", "seccomp", "namespace", "mount", "file system",
        "overlay",
      ]
    ),
  ]

  /// The rings that `map` needs, from the inside.
  static func used(in map: EgressMap) -> [MapRing] {
    let layers = map.paths.flatMap(\.routes).flatMap(\.controls).map(\.layer)
    return Set(layers.map(MapRing.init(layer:))).sorted { $0.rawValue < $1.rawValue }
  }
}
