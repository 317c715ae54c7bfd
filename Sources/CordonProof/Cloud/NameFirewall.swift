import CordonModel

/// The DNS Firewall of one VPC: the rules of every group associated with it, in the order in which they are met.
struct NameFirewall {
  /// One rule.
  struct Rule {
    enum Action { case allow, block, alert, unknown }
    var action: Action
    /// The names that it lists; nil where the list is not in the files.
    var domains: [String]?
    /// Why the list or the rule is not known.
    var unknowns: [UnknownPart]
    /// The only record type that it looks at; nil for all.
    var recordType: String?
    /// Whether a name that an allowed one redirects to need not be listed.
    var trustsRedirection: Bool
    var resource: CloudResource
    var order: [Int]
  }

  let associations: [CloudResource]
  let rules: [Rule]
  /// What keeps the order or the extent of the rules from being known.
  let unknowns: [UnknownPart]

  init(of vpc: String, _ estate: CloudEstate) {
    var found: [CloudResource] = []
    var rules: [Rule] = []
    var unknowns: [UnknownPart] = []
    for association in estate.all("AWS::Route53Resolver::FirewallRuleGroupAssociation") {
      switch estate.text(association, "VpcId") {
      case .known(let text): guard text == vpc else { continue }
      case .absent, .unknown: continue
      }
      found.append(association)
      let group = estate.text(association, "FirewallRuleGroupId").value.flatMap {
        estate.find($0, "AWS::Route53Resolver::FirewallRuleGroup")
      }
      guard let group else {
        unknowns.append(
          UnknownPart(
            "the rule group of \(association.id) is not in the files", resource: "\(association.id)",
            location: association.location))
        continue
      }
      let priority = Self.number(association["Priority"], estate)
      for rule in group["FirewallRules"]?.elements ?? [] {
        rules.append(Self.rule(rule, group, priority, estate))
      }
    }
    associations = found
    self.rules = rules.sorted { $0.order.lexicographicallyPrecedes($1.order) }
    self.unknowns = unknowns
  }

  private static func number(_ value: CloudValue?, _ estate: CloudEstate) -> Int {
    estate.text(value).value.flatMap { Int($0) } ?? 0
  }

  private static func rule(
    _ value: CloudValue, _ group: CloudResource, _ priority: Int, _ estate: CloudEstate
  ) -> Rule {
    let action: Rule.Action =
      switch estate.text(value["Action"]).value {
      case "ALLOW": .allow
      case "BLOCK": .block
      case "ALERT": .alert
      default: .unknown
      }
    var (domains, unknowns) = list(value["FirewallDomainListId"], estate)
    if action == .unknown {
      unknowns.append(UnknownPart("a rule's action is not known", location: value.location))
    }
    if value["FirewallThreatProtectionId"] != nil || value["DnsThreatProtection"] != nil {
      (domains, unknowns) = (
        nil, [UnknownPart("what threat protection matches is AWS's", location: value.location)]
      )
    }
    let redirection = estate.text(value["FirewallDomainRedirectionAction"])
    return Rule(
      action: action, domains: domains, unknowns: unknowns, recordType: recordType(value["Qtype"], estate),
      trustsRedirection:
        !(redirection.or("INSPECT_REDIRECTION_DOMAIN").value == "INSPECT_REDIRECTION_DOMAIN"),
      resource: group, order: [priority, number(value["Priority"], estate)])
  }

  private static func recordType(_ value: CloudValue?, _ estate: CloudEstate) -> String? {
    switch estate.text(value) {
    case .known(let text): text
    case .absent: nil
    case .unknown: "a type not known"
    }
  }

  private static func list(_ value: CloudValue?, _ estate: CloudEstate) -> ([String]?, [UnknownPart]) {
    let id = estate.text(value)
    guard let text = id.value, let list = estate.find(text, "AWS::Route53Resolver::FirewallDomainList") else {
      let name = id.value ?? "a domain list"
      return (
        nil, id.unknowns + [UnknownPart("what \(name) lists is not in the files", location: value?.location)]
      )
    }
    if list["DomainFileUrl"] != nil {
      return (
        nil,
        [
          UnknownPart(
            "\(list.id) is read from a file outside the files given", resource: "\(list.id)",
            location: list.location)
        ]
      )
    }
    let (known, unknown) = estate.texts(list["Domains"])
    return (unknown.isEmpty ? known : nil, unknown)
  }
}

/// A name of a domain list, as DNS Firewall matches it: exact, or `*.` and everything below, or `*`.
struct ListedName {
  /// What everybody may register names under.
  enum Openness {
    /// One owner.
    case one
    /// Anyone can have a name under it.
    case anyone
  }

  let text: String

  init(_ text: String) {
    let folded = text.lowercased()
    self.text = folded.hasSuffix(".") && folded.count > 2 ? String(folded.dropLast()) : folded
  }

  /// Whether it matches every name.
  var isEverything: Bool { text == "*" || text == "*." || text == "." }

  /// Whether names under it are for anyone to take.
  var openness: Openness {
    guard !isEverything else { return .anyone }
    guard text.hasPrefix("*") else { return .one }
    let base = text.drop { $0 == "*" || $0 == "." }
    return SharedNames.isShared(String(base)) ? .anyone : .one
  }
}

/// Names under which any customer of the owner gets names of his own.
enum SharedNames {
  /// Suffixes under which providers hand out names to anyone: the private part of the Public Suffix List, as far as AWS's
  /// services and widely used providers are concerned.
  private static let zones: Set<String> = [
    "amazonaws.com", "amazonaws.com.cn", "aws.dev", "awsapps.com", "on.aws", "cloudfront.net",
    "elasticbeanstalk.com", "amplifyapp.com", "awsapprunner.com", "lambda-url", "execute-api", "elb",
    "github.io", "github.com", "githubusercontent.com", "gitlab.io", "gitlab.com", "bitbucket.org",
    "azurewebsites.net", "windows.net", "cloudapp.net", "azure.com", "azureedge.net", "trafficmanager.net",
    "herokuapp.com", "netlify.app", "vercel.app", "pages.dev", "workers.dev", "web.app", "firebaseapp.com",
    "appspot.com", "run.app", "googleapis.com", "googleusercontent.com", "google.com", "ngrok.io",
    "ngrok-free.app", "ngrok.app", "duckdns.org", "no-ip.org", "dyndns.org", "sharepoint.com",
    "dropbox.com", "dropboxusercontent.com", "slack.com", "notion.site", "wordpress.com", "blogspot.com",
    "fly.dev", "onrender.com", "surge.sh", "repl.co", "glitch.me", "huggingface.co", "hf.space", "kaggle.com",
    "readthedocs.io", "pythonanywhere.com", "s3.amazonaws.com", "live.com", "office.com",
  ]

  /// Whether anyone may get a name under `base`, which is written without a star.
  static func isShared(_ base: String) -> Bool {
    let labels = base.split(separator: ".")
    // One label is a top-level domain; two short ones are most often a country's second level, e.g. `co.uk`.
    if labels.count < 2 { return true }
    if labels.count == 2, labels[1].count == 2,
      ["co", "com", "org", "net", "ac", "gov", "edu"].contains(labels[0])
    {
      return true
    }
    if zones.contains(base) { return true }
    // Below amazonaws.com: the names of customers' own APIs, functions, load balancers and hosts.
    guard base.hasSuffix("amazonaws.com") || base.hasSuffix("on.aws") else { return false }
    return labels.contains { ["execute-api", "elb", "compute", "compute-1", "lambda-url"].contains($0) }
  }

  /// Whether anyone may serve a page under `base`: a bucket's name is enough for that, though its owner sees no DNS question.
  static func servesAnyone(_ base: String) -> Bool {
    isShared(base)
      || base.hasSuffix("amazonaws.com") && base.split(separator: ".").contains { $0.hasPrefix("s3") }
  }
}
