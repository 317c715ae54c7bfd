/// The variables that a script gets: the same names outside and inside, so that the same command runs.
struct Parameters {
  /// Where the command runs.
  enum Side { case control, inside }

  var side: Side
  var twin: TwinFacts
  var secretFile: String

  /// What scripts are told about the twin.
  struct TwinFacts: Sendable {
    var region: String
    var account: String
    var bucket: String
    var foreignBuckets: [String]
    var neighbourProject: String
    var listed: String
    var listedOther: String
    var neighbourKeys: [String: String] = [:]
    var ownURL = "/drill-planted-object"

    /// What a control is told where no twin is at hand.
    static let none = TwinFacts(
      region: "eu-west-1", account: "111122223333", bucket: "drill-store", foreignBuckets: ["drill-foreign"],
      neighbourProject: "drill-neighbour", listed: "scikit-learn", listedOther: "pandas")
  }

  /// - Parameter secret: What the command may send; nil where it must find out.
  func variables(secret: Canary?) -> [String: String] {
    var variables = [
      "ZONE": DrillAddress.zone, "SINK": DrillAddress.sink, "SINK6": DrillAddress.sink6,
      "SINK_OTHER": DrillAddress.sinkOther, "NAMESERVER": DrillAddress.nameserver,
      "ALLOWED_HOST": DrillAddress.allowedHost, "ALLOWED_PORT": "\(DrillAddress.allowedPort)",
      "ALLOWED_PLAIN_PORT": "\(DrillAddress.allowedPlainPort)", "SECRET_FILE": secretFile,
      "DIRECT_HOST": DrillAddress.directHost,
      "REGION": twin.region, "ACCOUNT": twin.account, "BUCKET": twin.bucket,
      "FOREIGN_BUCKETS": twin.foreignBuckets.joined(separator: " "),
      "NEIGHBOUR_PROJECT": twin.neighbourProject, "LISTED": twin.listed, "LISTED_OTHER": twin.listedOther,
      "OWN_URL": twin.ownURL,
      "NEIGHBOUR_KEY": "ASIADRILLNEIGHBOUR11", "NEIGHBOUR_SECRET": "drill", "NEIGHBOUR_TOKEN": "drill",
    ]
    variables.merge(twin.neighbourKeys) { $1 }
    if let secret { variables["CANARY"] = secret.text }
    let proxy = side == .inside ? "127.0.0.1" : DrillAddress.sink
    variables["PROXY_HOST"] = proxy
    variables["PROXY_PORT"] = "3128"
    variables["PROXY"] = "http://\(proxy):3128"
    variables["DIRECT_DOOR"] = side == .inside ? "127.0.0.5" : DrillAddress.sink
    variables["RESOLVER"] = side == .inside ? "127.0.0.1" : DrillAddress.nameserver
    return variables
  }

  /// What a control finds in its environment where a workspace has the gateway's settings.
  static func controlEnvironment(home: String, authority: String) -> [String: String] {
    let proxy = "http://\(DrillAddress.sink):3128"
    var environment = [
      "PATH": Tool.path, "HOME": home, "LANG": "C.UTF-8",
      "AWS_REGION": TwinFacts.none.region, "AWS_DEFAULT_REGION": TwinFacts.none.region,
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://\(DrillAddress.sink)/credentials",
      "HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "http_proxy": proxy, "https_proxy": proxy,
      "NO_PROXY": "127.0.0.1,localhost,.amazonaws.com,.cordon.internal,\(DrillAddress.sink)",
      "PIP_INDEX_URL": "https://packages.cordon.internal/simple/",
    ]
    for name in [
      "AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "PIP_CERT",
    ] {
      environment[name] = authority
    }
    return environment
  }
}
