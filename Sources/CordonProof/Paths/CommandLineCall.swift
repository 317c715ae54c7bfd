import CordonPolicy

/// The line that a person runs to make a request.
struct CommandLineCall {
  let request: AccessRequest

  init(_ request: AccessRequest) { self.request = request }

  /// `aws …`, with the profile of whoever's credentials it carries.
  func text(profile: String? = nil) -> String {
    let start = profile.map { "AWS_PROFILE=\($0) " } ?? ""
    // What IAM authorises and no command of the AWS CLI calls: a signed request says the same.
    if let url = Self.signed[prefix] {
      return
        "\(start)curl --aws-sigv4 aws:amz:\(region):\(prefix) --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" --data-binary @data.csv \(filled(url))"
    }
    // The console's shell has no command: the page opens it.
    if prefix == "cloudshell" { return "xdg-open https://\(region).console.aws.amazon.com/cloudshell/home" }
    return "\(start)aws \(call)"
  }

  private var call: String {
    if let known = CommandTable.calls[request.action] { return filled(known) }
    let command = "\(Self.commands[prefix] ?? prefix) \(Self.kebab(operation))"
    // Without a line of its own: the call with an example of every parameter, which the service refuses or makes.
    return "\(command) --cli-input-json \"$(aws \(command) --generate-cli-skeleton input)\""
  }

  private var prefix: String { request.action.split(separator: ":").first.map(String.init) ?? "" }

  private var operation: String {
    request.action.split(separator: ":", maxSplits: 1).dropFirst().first.map(String.init) ?? request.action
  }

  private var parts: [String] {
    request.resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
  }

  /// Everything behind the account.
  private var path: String { parts.last ?? request.resource }

  private var region: String { parts.count > 3 && !parts[3].isEmpty ? parts[3] : "us-east-1" }

  /// What stands in the ARN behind the resource's kind.
  private var names: [String] {
    let names = path.split { $0 == "/" || $0 == ":" }.map(String.init)
    return names.count > 1 ? Array(names.dropFirst()) : names
  }

  private func filled(_ line: String) -> String {
    let everyone =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#
    let account = request.principal.account ?? "111122223333"
    let bucket = path.split(separator: "/").first.map(String.init) ?? "ours"
    let key = path.firstIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? ""
    let owner = parts.count > 4 && !parts[4].isEmpty ? parts[4] : account
    let values = [
      ("everyone", everyone), ("everyone-quoted", everyone.replacing("\"", with: "\\\"")),
      ("arn", shown(request.resource, or: "out")), ("name", shown(names.first, or: "out")),
      ("repository", shown(names.count > 1 ? names[1] : nil, or: "ours")),
      ("last", shown(names.last, or: "out")),
      ("bucket", shown(bucket, or: "ours")), ("key", shown(key, or: "data.csv")), ("account", account),
      ("owner", owner), ("region", region),
      ("attacker", account == Self.stranger ? "888877776666" : Self.stranger),
      ("role", "arn:aws:iam::\(account):role/ours"),
    ]
    var text = line
    for (name, value) in values { text = text.replacing("{\(name)}", with: value) }
    return text
  }

  /// A value as one word of a shell's line.
  private func shown(_ value: String?, or standard: String) -> String {
    guard let value, !value.isEmpty, value != "*" else { return standard }
    let isPlain = value.utf8.allSatisfy { byte in
      byte.isLetterOrDigit || "-_./:@+=,%".utf8.contains(byte)
    }
    return isPlain ? value : "'\(value.replacing("'", with: "'\\''"))'"
  }

  private static let stranger = "999988887777"

  /// Services whose requests are signed and have no command.
  private static let signed = [
    "es": "https://theirs.{region}.es.amazonaws.com/out/_doc",
    "execute-api": "https://theirs.execute-api.{region}.amazonaws.com/out",
  ]

  /// Services whose command is not their prefix.
  private static let commands = [
    "states": "stepfunctions", "monitoring": "cloudwatch", "s3": "s3api", "config": "configservice",
    "elasticmapreduce": "emr", "elasticfilesystem": "efs", "mobiletargeting": "pinpoint", "airflow": "mwaa",
    "kinesisanalytics": "kinesisanalyticsv2", "aoss": "opensearchserverless", "sso": "sso-admin",
    "timestream": "timestream-query", "social-messaging": "socialmessaging", "codecommit": "codecommit",
    "sms-voice": "pinpoint-sms-voice", "schemas": "schemas", "aps": "amp",
  ]

  /// `PutLogEvents` as the command line spells it, `CreateAutoMLJob` as `create-auto-ml-job`.
  static func kebab(_ name: String) -> String {
    let letters = Array(name)
    var text = ""
    for (index, letter) in letters.enumerated() {
      let before = index > 0 ? letters[index - 1] : "-"
      let next = index + 1 < letters.count ? letters[index + 1] : "-"
      let begins =
        letter.isUppercase
        && (before.isLowercase || before.isNumber || before.isUppercase && next.isLowercase)
      if begins, index > 0 { text += "-" }
      text += letter.lowercased()
    }
    return text
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
  }
}
