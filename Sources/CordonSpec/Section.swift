/// A mapping of the environment file and the keys it can have.
///
/// The raw value is the path that the spec reference and the messages call it by.
enum Section: String, CaseIterable {
  case environment = ""
  case organization
  case person = "people[]"
  case portal
  case signIn = "portal.signIn"
  case oidc = "portal.signIn.oidc"
  case portalSession = "portal.session"
  case browser
  case clipboard = "browser.clipboard"
  case session = "browser.session"
  case recording = "browser.record"
  case redaction = "browser.redact[]"
  case browserHost = "browser.hosts[]"
  case egress
  case host = "egress.hosts[]"
  case packages
  case pypi = "packages.pypi"
  case project = "projects[]"
  case bucket = "projects[].data[]"
  case storage = "projects[].storage"
  case workspace = "projects[].workspaces[]"
  case size = "projects[].workspaces[].size"
  case notebook = "projects[].workspaces[].notebook"
  case jobs = "projects[].jobs"
  case budget = "projects[].budget"
  case policies
  case sandbox
  case aws
  case defaults
  case defaultWorkspace = "defaults.workspace"
  case tier = "tiers[]"
  case tierWorkspace = "tiers[].workspace"
  case account = "accounts[]"
  case monitor = "aws.monitors[]"
  case notebookInstance = "aws.notebooks[]"
  case studioImage = "aws.images[]"
  case breakGlass = "aws.breakGlass[]"

  /// The keys, in the order of the reference.
  var keys: [String] {
    switch self {
    case .environment:
      [
        "cordon", "name", "organization", "region", "people", "portal", "browser", "egress", "packages",
        "projects",
        "policies", "sandbox", "aws", "defaults", "tiers", "accounts",
      ]
    case .organization: ["id", "account"]
    case .person: ["name", "roles", "projects", "subject"]
    case .portal: ["listen", "address", "signIn", "from", "session"]
    case .signIn: ["oidc"]
    case .oidc:
      ["issuer", "hosts", "client", "secretFile", "authorityFile", "claim", "groupsClaim", "groups"]
    case .portalSession: ["idle", "longest"]
    case .browser:
      [
        "clipboard", "upload", "download", "print", "largestFile", "session", "watermark", "redact", "record",
        "hosts",
      ]
    case .clipboard: ["in", "out", "budget"]
    case .session: ["idle", "longest"]
    case .recording: ["keep", "limit"]
    case .redaction: ["name", "pattern"]
    case .egress: ["hosts"]
    case .host, .browserHost: ["host", "port", "inspect", "reason"]
    case .packages: ["pypi"]
    case .pypi: ["allow", "with", "minimumAge", "upstream"]
    case .project: ["name", "tier", "data", "store", "storage", "workspaces", "jobs", "budget"]
    case .bucket: ["bucket", "from", "readOnly", "versioned"]
    case .storage: ["limit", "entries", "keepVersions"]
    case .workspace: ["name", "size", "person", "notebook"]
    case .size: ["memory", "cpus", "processes", "disk"]
    case .notebook: ["keep", "idle"]
    case .jobs: ["networkIsolation"]
    case .budget: ["monthly", "alerts"]
    case .policies: ["endpoints", "buckets", "roles"]
    case .sandbox: ["without"]
    case .aws:
      [
        "root", "offices", "network", "s3PrefixList", "notify", "deployer", "catalog", "breakGlass",
        "monitors", "mlflow", "notebooks", "images", "git", "remediation", "overspent", "tunnelRules",
      ]
    case .defaults: ["storage", "jobs", "budget", "workspace"]
    case .tier: ["name", "storage", "jobs", "budget", "workspace"]
    case .defaultWorkspace, .tierWorkspace: ["size", "notebook"]
    case .account:
      [
        "name", "account", "region", "people", "portal", "browser", "egress", "packages", "projects",
        "policies",
        "sandbox", "aws",
      ]
    case .notebookInstance: ["project", "person", "size"]
    case .studioImage: ["project", "name", "tag"]
    case .monitor: ["project", "endpoint", "watch", "every", "problem"]
    case .breakGlass: ["name", "project", "people", "until", "reason", "allow"]
    }
  }

  /// What messages call the mapping.
  var title: String { self == .environment ? "the environment" : "'\(rawValue)'" }

  /// A key's path, e.g. `projects[].data[].readOnly`.
  func path(_ key: String) -> String { self == .environment ? key : "\(rawValue).\(key)" }

  /// A line that a person can copy where `key` is missing.
  func example(_ key: String) -> String {
    switch (self, key) {
    case (.environment, "cordon"): "cordon: 1"
    case (.environment, "name"): "name: fraud-models"
    case (.environment, "organization"): "organization: { id: o-acme123456, account: \"111122223333\" }"
    case (.environment, "region"): "region: eu-west-1"
    case (.organization, "id"): "id: o-acme123456"
    case (.organization, "account"): "account: \"111122223333\""
    case (.account, "name"): "name: research"
    case (.account, "account"): "account: \"111122223333\""
    case (.tier, "name"): "name: large"
    case (.person, "name"): "name: scientist-1"
    case (.person, "roles"): "roles: [data-scientist]"
    case (.portal, "address"): "address: https://portal.example.com"
    case (.signIn, "oidc"): "oidc: { issuer: https://login.example.com, client: cordon }"
    case (.oidc, "issuer"): "issuer: https://login.example.com"
    case (.oidc, "client"): "client: cordon"
    case (.redaction, "name"): "name: case-number"
    case (.redaction, "pattern"): "pattern: '\\bCASE-\\d{6}\\b'"
    case (.host, "host"), (.browserHost, "host"): "host: mirror.example.com"
    case (.pypi, "allow"): "allow: [pandas]"
    case (.project, "name"): "name: churn"
    case (.bucket, "bucket"): "bucket: churn-data"
    case (.aws, "root"): "root: r-ab12"
    case (.aws, "offices"): "offices: [198.51.100.0/24]"
    case (.aws, "network"): "network: 10.64.0.0/16"
    case (.aws, "s3PrefixList"): "s3PrefixList: pl-6da54004"
    case (.notebookInstance, "project"), (.studioImage, "project"): "project: churn"
    case (.notebookInstance, "person"): "person: scientist-1"
    case (.studioImage, "name"): "name: churn-lab"
    case (.studioImage, "tag"): "tag: 2027-03-31"
    case (.monitor, "project"): "project: churn"
    case (.monitor, "endpoint"): "endpoint: churn-1"
    case (.monitor, "watch"): "watch: [data-quality]"
    case (.breakGlass, "name"): "name: incident"
    case (.breakGlass, "project"): "project: churn"
    case (.breakGlass, "people"): "people: [scientist-1]"
    case (.breakGlass, "until"): "until: 2027-03-31T18:00:00Z"
    case (.breakGlass, "reason"): "reason: the endpoint must be stopped"
    case (.budget, "monthly"): "monthly: 400 USD"
    default: "\(key): ..."
    }
  }
}
