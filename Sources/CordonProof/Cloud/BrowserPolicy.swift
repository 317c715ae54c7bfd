import CordonModel
import CordonPolicy

/// What a portal's Chrome policy lets the browser open.
struct BrowserPolicy {
  /// Entries of the allowlist.
  let allowed: [String]
  /// Entries of the blocklist.
  let blocked: [String]

  /// Reads `{"chromePolicies":{"URLBlocklist":{"value":[…]},…}}`; nil where it is not that.
  init?(_ text: String) {
    guard let value = try? JSONValue(parsing: text), let policies = value["chromePolicies"] else {
      return nil
    }
    guard let allowed = Self.list(policies["URLAllowlist"]), let blocked = Self.list(policies["URLBlocklist"])
    else {
      return nil
    }
    (self.allowed, self.blocked) = (allowed, blocked)
    doubtful = Self.senders.filter { policies[$0] != nil }
  }

  /// A policy that lets `allowed` through and blocks the rest.
  init(allowed: [String]) {
    (self.allowed, blocked, doubtful) = (allowed, ["*"], [])
  }

  private static func list(_ value: JSONValue?) -> [String]? {
    guard let value else { return [] }
    let elements = value["value"]?.elements ?? value.elements
    guard let elements else { return nil }
    let texts = elements.compactMap(\.text)
    return texts.count == elements.count ? texts : nil
  }

  /// Policies of Chrome's that send what is typed or shown elsewhere, and are in this one.
  let doubtful: [String]

  private static let senders = [
    "ProxyMode", "ProxyServer", "ProxyPacUrl", "ProxySettings", "DefaultSearchProviderSearchURL",
    "DefaultSearchProviderSuggestURL", "DefaultSearchProviderNewTabURL", "ExtensionInstallForcelist",
    "ExtensionInstallAllowlist", "ExtensionSettings", "NativeMessagingAllowlist",
    "DnsOverHttpsTemplates",
  ]

  /// The first entry of which it is not known whether one owner alone has pages there.
  func doubtfulEntry(trusted: [String]) -> String? {
    allowed.first { entry in
      var host = entry.lowercased()
      if let scheme = host.range(of: "://") { host = String(host[scheme.upperBound...]) }
      host = String(host.prefix { $0 != "/" && $0 != ":" && $0 != "?" })
      while host.hasPrefix(".") { host.removeFirst() }
      let own = ["aws.amazon.com", "sagemaker.aws", "awsstatic.com"] + trusted
      return !own.contains { host == $0 || host.hasSuffix("." + $0) }
    }
  }

  /// Whether everything that is not allowed is blocked.
  var blocksEverythingElse: Bool { blocked.contains("*") }

  /// The first entry under which anyone can have a page of his own.
  var openEntry: String? { allowed.first { Self.isForAnyone($0) } }

  /// Chrome's URL filter format: scheme, a leading dot for this host alone, host with everything below it, port, path.
  static func isForAnyone(_ entry: String) -> Bool {
    var host = entry.lowercased()
    if let scheme = host.range(of: "://") { host = String(host[scheme.upperBound...]) }
    let path = host.firstIndex(of: "/").map { String(host[$0...]) } ?? ""
    host = String(host.prefix { $0 != "/" && $0 != ":" && $0 != "?" })
    let exact = host.hasPrefix(".")
    while host.hasPrefix("*") || host.hasPrefix(".") { host.removeFirst() }
    if host.isEmpty { return true }
    if multiTenantHosts.contains(host) { return path.count < 2 }
    if host.hasSuffix("amazonaws.com"), host.split(separator: ".").count < 4 { return !exact }
    if exact { return false }
    return SharedNames.servesAnyone(host) || multiTenantZones.contains(host)
  }

  /// Hosts on which every customer has pages, told apart by the path only.
  private static let multiTenantHosts: Set<String> = [
    "github.com", "gitlab.com", "bitbucket.org", "huggingface.co", "drive.google.com", "docs.google.com",
    "mail.google.com", "pastebin.com", "gist.github.com", "colab.research.google.com", "kaggle.com",
    "www.kaggle.com",
    "s3.amazonaws.com",
  ]

  /// Hosts below which AWS gives names to workspaces of every account.
  private static let multiTenantZones: Set<String> = [
    "sagemaker.aws", "notebook.aws", "awsapps.com", "quicksight.aws", "app.aws",
  ]
}

extension String {
  fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
