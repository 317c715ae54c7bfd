import CordonModel
import CordonPolicy

// The remote browser. Settings count only because the portal at the end attaches every one of them.
extension CloudPlan {
  func portal(_ projects: [ProjectParts], _ browser: BrowserParts, _ base: FoundationParts) throws
    -> CloudStack
  {
    var stack = self.stack(
      "portal", "The remote browser: pixels out, keys and mouse in; and the names that it may ask for")
    try firewall(
      browserNames(projects), of: browser.vpc, called: "\(environment.name)-browser", nil, base, in: &stack)
    let network = stack.add(
      "NetworkSettings", "AWS::WorkSpacesWeb::NetworkSettings",
      [
        "VpcId": browser.vpc.ref, "SubnetIds": .list(browser.subnets.map(\.ref)),
        "SecurityGroupIds": [browser.group.ref], "Tags": tags(nil),
      ])
    let access = stack.add(
      "IpAccessSettings", "AWS::WorkSpacesWeb::IpAccessSettings",
      [
        "IpRules": .list(
          rules.offices.map { ["IpRange": .text($0), "Description": "an office"] as CloudValue }),
        "CustomerManagedKey": base.key.arn, "Tags": tags(nil),
      ])
    let protection = stack.add(
      "DataProtection", "AWS::WorkSpacesWeb::DataProtectionSettings",
      [
        "DisplayName": "redaction", "CustomerManagedKey": base.key.arn,
        "InlineRedactionConfiguration": [
          "GlobalConfidenceLevel": 3,
          "InlineRedactionPatterns": [
            [
              "BuiltInPatternId": "emailAddress",
              "RedactionPlaceHolder": [
                "RedactionPlaceHolderType": "CustomText", "RedactionPlaceHolderText": "mail",
              ],
            ]
          ],
        ],
        "Tags": tags(nil),
      ])
    let stream = stack.add(
      "AccessStream", "AWS::Kinesis::Stream",
      [
        "Name": .text("amazon-workspaces-web-\(environment.name)"), "ShardCount": 1,
        "RetentionPeriodHours": 168,
        "StreamEncryption": ["EncryptionType": "KMS", "KeyId": base.key.arn], "Tags": tags(nil),
      ])
    let logging = stack.add(
      "AccessLogging", "AWS::WorkSpacesWeb::UserAccessLoggingSettings",
      ["KinesisStreamArn": stream.arn, "Tags": tags(nil)])
    let logger = sessionLogger(base, in: &stack)
    let people = userSettings(base, in: &stack)
    let pages = try browserSettings(projects, base, in: &stack)
    stack.add(
      "Portal", "AWS::WorkSpacesWeb::Portal",
      [
        "DisplayName": .text(environment.name), "AuthenticationType": "IAM_Identity_Center",
        "CustomerManagedKey": base.key.arn, "UserSettingsArn": people["UserSettingsArn"],
        "BrowserSettingsArn": pages["BrowserSettingsArn"],
        "NetworkSettingsArn": network["NetworkSettingsArn"],
        "IpAccessSettingsArn": access["IpAccessSettingsArn"],
        "DataProtectionSettingsArn": protection["DataProtectionSettingsArn"],
        "UserAccessLoggingSettingsArn": logging["UserAccessLoggingSettingsArn"],
        "SessionLoggerArn": logger["SessionLoggerArn"], "Tags": tags(nil),
      ])
    return stack
  }

  /// What people do in a session, beside the pages that they open: every kind of event, those of later versions too.
  private func sessionLogger(_ base: FoundationParts, in stack: inout CloudStack) -> CloudHandle {
    stack.add(
      "SessionLogger", "AWS::WorkSpacesWeb::SessionLogger",
      [
        "DisplayName": .text("\(environment.name)-sessions"), "EventFilter": ["All": [:]],
        "LogConfiguration": [
          "S3": [
            "Bucket": base.log.ref, "BucketOwner": .text(account), "KeyPrefix": .text(Self.sessions),
            "FolderStructure": "NestedByDate", "LogFileFormat": "Json",
          ]
        ],
        "CustomerManagedKey": base.key.arn, "Tags": tags(nil),
      ], comment: "Events and no contents: who pasted, printed or was refused a page, never what it was.")
  }

  /// What crosses is what the spec's `browser` says; without a word there, nothing.
  private func userSettings(_ base: FoundationParts, in stack: inout CloudStack) -> CloudHandle {
    let browser = environment.browser
    func state(_ isOn: Bool) -> CloudValue { isOn ? "Enabled" : "Disabled" }
    return stack.add(
      "UserSettings", "AWS::WorkSpacesWeb::UserSettings",
      [
        "CopyAllowed": state(browser.clipboardOut), "PasteAllowed": state(browser.clipboardIn),
        "DownloadAllowed": state(browser.download), "UploadAllowed": state(browser.upload),
        "PrintAllowed": state(browser.print), "DeepLinkAllowed": "Disabled", "WebAuthnAllowed": "Disabled",
        "DisconnectTimeoutInMinutes": .number(min(600, max(1, browser.longest / 60))),
        "IdleDisconnectTimeoutInMinutes": .number(min(60, max(1, browser.idle / 60))),
        "ToolbarConfiguration": ["HiddenToolbarItems": ["Webcam", "Microphone"]],
        "CustomerManagedKey": base.key.arn, "Tags": tags(nil),
      ], comment: "Nothing crosses but pixels, keys and mouse, and what the spec's browser lines allow.")
  }

  /// A host in Chrome's URL filter format: a leading dot stands for this host alone, none for everything below it as well.
  private static func filter(_ host: AllowedHost) -> String {
    let port = host.port == 443 ? "" : ":\(host.port)"
    return switch host.pattern {
    case .exact(let name): "https://.\(name)\(port)"
    case .childrenOf(let parent): "https://\(parent)\(port)"
    }
  }

  private func browserSettings(
    _ projects: [ProjectParts], _ base: FoundationParts, in stack: inout CloudStack
  ) throws -> CloudHandle {
    var pages: [CloudValue] = [
      .text("\(region).console.aws.amazon.com"), .text("\(region).signin.aws.amazon.com"),
    ]
    pages += projects.flatMap { studioHosts($0) } + environment.browser.hosts.map { .text(Self.filter($0)) }
    // Chrome Enterprise, "URL allowlist": the first 1,000 entries count.
    guard pages.count <= 1_000 else {
      throw SynthesisError.tooLarge(
        stack: stack.name, what: "addresses for the browser", count: pages.count, most: 1_000)
    }
    var list: CloudValue = ""
    for (index, page) in pages.enumerated() { list = "\(list)\(index == 0 ? "" : ",")\"\(page)\"" }
    let browser = environment.browser
    // Chrome Enterprise policies: DownloadRestrictions 3 stops all, DeveloperToolsAvailability 2 and
    // IncognitoModeAvailability 1 stop both.
    let policy: CloudValue = """
      {"chromePolicies":{"URLBlocklist":{"value":["*"]},"URLAllowlist":{"value":[\(list)]},\
      "DownloadRestrictions":{"value":\(browser.download ? 0 : 3)},"PrintingEnabled":{"value":\(browser.print)},\
      "DeveloperToolsAvailability":{"value":2},"ExtensionInstallBlocklist":{"value":["*"]},\
      "IncognitoModeAvailability":{"value":1}}}
      """
    return stack.add(
      "BrowserSettings", "AWS::WorkSpacesWeb::BrowserSettings",
      ["CustomerManagedKey": base.key.arn, "BrowserPolicy": policy, "Tags": tags(nil)],
      comment:
        "Everything is blocked but the console and Studio of this region, and the spec's hosts for browsers.")
  }
}
