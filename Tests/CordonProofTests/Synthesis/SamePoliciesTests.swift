import CordonAWS
import CordonModel
import CordonPolicy
import CordonSpec
import Testing

@testable import CordonProof

/// What the local gateway enforces and what is synthesised for AWS, asked the same questions.
@Suite struct `The gateway's policies and AWS's` {
  @Test func `decide every call on S3 alike, but for the documented differences`() throws {
    let sides = try TwoSides()
    var allowed = 0
    var different: [String: String] = [:]
    for question in Question.s3 {
      let (here, there) = (try sides.local(question), try sides.cloud(question))
      if here.isAllowed { allowed += 1 }
      guard here.isAllowed != there.isAllowed else { continue }
      let bucket = question.resource == "*" ? "" : " " + question.bucket
      different["\(question.who) \(question.action)\(bucket) through \(question.door)"] =
        "here: \(here.because.text); there: \(there.because.text)"
    }
    #expect(Question.s3.count > 4_000 && allowed > 60, "the questions say nothing: \(allowed) are allowed")
    // docs/aws-divergences.md. ECR hands out signed URLs of its own bucket of image layers. Credentials work in their own
    // workspace alone: here the gateway knows the listener, there a boundary asks for the network.
    let layers = "s3:GetObject prod-eu-west-1-starport-layer-bucket"
    let documented = [("churn", "fraud"), ("fraud", "churn")].flatMap { own, other in
      [
        "anonymous \(layers)", "foreigner \(layers)", "\(own)-workspace s3:ListAllMyBuckets",
        "\(own)-reader s3:ListAllMyBuckets",
      ]
      .map { "\($0) through \(other)" }
    }
    #expect(Set(different.keys) == Set(documented), "\(different.filter { !documented.contains($0.key) })")
  }

  @Test func `decide every call on STS alike, but for who hands out a workspace's role`() throws {
    let sides = try TwoSides()
    var different: Set<String> = []
    for question in Question.sts
    where try sides.local(question).isAllowed != sides.cloud(question).isAllowed {
      different.insert("\(question.who) \(question.action) \(question.role)")
    }
    // docs/aws-divergences.md: SageMaker hands a workspace its role, not a door.
    let documented = ["churn", "fraud"].flatMap { project in
      ["AssumeRole", "TagSession"].map { "\(project)-workspace sts:\($0) \(project)-workspace" }
    }
    #expect(different == Set(documented))
    let stepDown = Question(who: .workspace("churn"), action: "sts:AssumeRole", role: "churn-reader")
    #expect(try sides.local(stepDown).isAllowed && sides.cloud(stepDown).isAllowed, "\(stepDown)")
  }

  @Test(
    arguments: [
      (true, nil), (true, .own), (false, .another),
    ] as [(Bool, Question.Key?)])
  func `an object may be sealed with the project's key, named or not, and with no other`(
    isAllowed: Bool, key: Question.Key?
  ) throws {
    var question = Question(who: .workspace("churn"), action: "s3:PutObject", bucket: "churn-store")
    question.key = key
    let decision = try TwoSides().cloud(question)
    #expect(decision.isAllowed == isAllowed, "\(decision.because.text)")
  }
}

/// A request, whichever side it is asked of.
struct Question: CustomStringConvertible {
  enum Who: CustomStringConvertible {
    case workspace(String), reader(String), foreigner, anonymous

    var description: String {
      switch self {
      case .workspace(let project): "\(project)-workspace"
      case .reader(let project): "\(project)-reader"
      case .foreigner: "foreigner"
      case .anonymous: "anonymous"
      }
    }
  }

  /// The key that a writer names.
  enum Key { case own, another }

  var who: Who
  var action: String
  var bucket = ""
  /// The role that is asked for, of this account or of a foreign one.
  var role = ""
  var isForeign = false
  /// Whose door is called.
  var door = "churn"
  var isSecure = true
  var key: Key?

  var description: String { "\(who) \(action) \(bucket)\(role) through \(door)'s door, secure: \(isSecure)" }

  private static let people: [Who] = [
    .workspace("churn"), .reader("churn"), .workspace("fraud"), .reader("fraud"), .foreigner, .anonymous,
  ]

  /// Everybody, through both doors, on own, others' and foreign buckets, with and without TLS.
  static var s3: [Question] {
    let actions = [
      "GetObject", "GetObjectVersion", "GetObjectAttributes", "GetObjectTagging", "GetObjectAcl",
      "ListBucket",
      "ListBucketVersions", "ListAllMyBuckets", "GetBucketLocation", "GetBucketVersioning", "GetBucketPolicy",
      "PutObject", "DeleteObject", "DeleteObjectVersion", "PutObjectTagging", "DeleteObjectTagging",
      "AbortMultipartUpload", "ListMultipartUploadParts", "ListBucketMultipartUploads", "RestoreObject",
      "PutObjectAcl", "PutBucketAcl", "PutBucketPolicy", "DeleteBucketPolicy", "PutReplicationConfiguration",
      "PutInventoryConfiguration", "PutBucketNotification", "PutBucketLogging", "PutBucketWebsite",
      "PutLifecycleConfiguration", "CreateBucket", "DeleteBucket", "CreateAccessPoint", "ReplicateObject",
    ]
    let buckets = [
      "churn-data", "churn-store", "fraud-data", "fraud-store", "evil-bucket",
      "prod-eu-west-1-starport-layer-bucket",
    ]
    var questions: [Question] = []
    for who in people {
      for door in ["churn", "fraud"] {
        for bucket in buckets {
          for action in actions {
            for isSecure in [true, false] {
              questions.append(
                Question(
                  who: who, action: "s3:" + action, bucket: bucket,
                  isForeign: !bucket.hasPrefix("churn") && !bucket.hasPrefix("fraud"), door: door,
                  isSecure: isSecure))
            }
          }
        }
      }
    }
    return questions
  }

  static var sts: [Question] {
    let roles = ["churn-workspace", "churn-reader", "fraud-workspace", "fraud-reader", "evil-role"]
    return people.flatMap { who in
      ["churn", "fraud"].flatMap { door in
        ["AssumeRole", "TagSession", "GetFederationToken", "GetSessionToken"].flatMap { action in
          roles.map {
            Question(
              who: who, action: "sts:" + action, role: $0, isForeign: $0 == "evil-role", door: door)
          }
        }
      }
    }
  }

  /// Buckets as such, or what is in them.
  var resource: String {
    guard role.isEmpty else { return "arn:aws:iam::\(isForeign ? Self.stranger : Self.account):role/\(role)" }
    if action == "s3:ListAllMyBuckets" { return "*" }
    let isAboutObjects =
      action.contains("Object") || action.contains("Multipart") && !action.contains("Bucket")
    return "arn:aws:s3:::\(bucket)" + (isAboutObjects ? "/a.csv" : "")
  }

  static let account = "111122223333"
  static let stranger = "999988887777"
}

/// One environment, compiled for the gateway and synthesised for AWS.
struct TwoSides {
  let environment: Environment
  let compiled: CompiledPolicies
  let estate: CloudEstate
  private let held: [String: HeldRole]
  private let controls: [LayerReading]
  private static let everything = try? PolicyDocument(
    json: #"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#)
  private static let toEveryone = try? PolicyDocument(
    json: #"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#)

  init() throws {
    environment = try Specification.parse(
      """
      cordon: 1
      name: demo
      organization: { id: o-acme123456, account: "111122223333" }
      region: eu-west-1
      projects:
        - { name: churn, data: [{ bucket: churn-data, readOnly: true }], store: churn-store }
        - { name: fraud, data: [{ bucket: fraud-data, readOnly: true }], store: fraud-store }
      aws: { root: r-ab12, offices: [192.0.2.0/24], network: 10.64.0.0/16, s3PrefixList: pl-6da54004 }
      """, file: "cordon.yaml", folder: "/")
    compiled = try CompiledPolicies(environment)
    let templates = try Synthesis.stacks(of: environment).templates()
    estate = CloudEstate(
      try TemplateReader().read(templates.map { SourceFile(name: $0.name, text: $0.text) }),
      stated: ["account": Question.account, "region": "eu-west-1"])
    controls = estate.serviceControls + estate.resourceControls
    let estate = self.estate
    held = Dictionary(uniqueKeysWithValues: estate.heldRoles.map { (estate.name($0.resource), $0) })
  }

  // MARK: Here

  func local(_ question: Question) throws -> Decision {
    let door = SourcePosition(
      environment: environment.name, project: try Slug(question.door), workspace: try Slug("some"),
      endpoint: question.role.isEmpty ? .s3 : .sts)
    let role = try role(of: question.who)
    var layers: PolicySet
    if question.role.isEmpty {
      layers = compiled.layers(role: role, door: door, bucket: try BucketName(question.bucket))
    } else if let target = try target(question) {
      layers = compiled.layersToAssume(target, as: role, door: door)
    } else {
      layers = compiled.layers(role: role, door: door)
    }
    loosen(&layers, question)
    return try layers.decide(request(question, vpc: door.vpc, vpce: door.vpce))
  }

  private func role(of who: Question.Who) throws -> ProjectRole? {
    let account = environment.organization.account
    return switch who {
    case .workspace(let project):
      ProjectRole(project: try Slug(project), purpose: .workspace, account: account)
    case .reader(let project): ProjectRole(project: try Slug(project), purpose: .reader, account: account)
    case .foreigner, .anonymous: nil
    }
  }

  private func target(_ question: Question) throws -> ProjectRole? {
    try [Question.Who.workspace("churn"), .reader("churn"), .workspace("fraud"), .reader("fraud")].compactMap(
      role
    )
    .first { $0.arn == question.resource }
  }

  // MARK: There

  func cloud(_ question: Question) throws -> Decision {
    let kind = question.role.isEmpty ? "S3" : "Sts"
    let network = "demo-\(question.door)-network"
    let endpoint = try resource(network, "\(kind)Endpoint")
    var layers = PolicySet(endpoint: [try document(endpoint, "PolicyDocument")])
    if let own = try role(of: question.who) {
      let role = try #require(held[own.name])
      layers.identity = role.identity.map(\.widest)
      layers.boundary = try [#require(role.boundary).widest]
      #expect((role.identity + [role.boundary].compactMap(\.self)).allSatisfy { $0.unknowns.isEmpty })
    }
    // FullAWSAccess stays attached to every level.
    for control in controls {
      let documents = control.policies.map(\.widest)
      if control.layer == .scp { layers.scps = [try [#require(Self.everything)] + documents] }
      if control.layer == .rcp { layers.rcps = [try [#require(Self.toEveryone)] + documents] }
    }
    layers.resource = try resourcePolicy(question)
    loosen(&layers, question)
    let vpc = estate.ref(try resource(network, "Vpc"))
    return try layers.decide(request(question, vpc: vpc, vpce: estate.ref(endpoint)))
  }

  private func resourcePolicy(_ question: Question) throws -> PolicyDocument? {
    if question.role.isEmpty {
      let policy = estate.all("AWS::S3::BucketPolicy").first {
        estate.text($0, "Bucket").value == question.bucket
      }
      return try policy.map { try document($0, "PolicyDocument") }
    }
    let role = estate.all("AWS::IAM::Role").first { estate.arn($0) == question.resource }
    return try role.map { try document($0, "AssumeRolePolicyDocument") }
  }

  private func resource(_ stack: String, _ name: String) throws -> CloudResource {
    try #require(estate.resource(ResourceID(stack: stack, name: name)), "\(stack)/\(name)")
  }

  private func document(_ resource: CloudResource, _ property: String) throws -> PolicyDocument {
    let value = try #require(resource[property])
    let reading = estate.policy(value, of: resource, named: "\(resource.id)", namesPrincipals: true)
    #expect(reading.unknowns.isEmpty && reading.widest == reading.narrowest, "\(resource.id)")
    return reading.widest
  }

  // MARK: Both

  /// A stranger's resource lets everybody in, and a stranger may do everything at home.
  private func loosen(_ layers: inout PolicySet, _ question: Question) {
    if question.isForeign {
      layers.resource = Self.toEveryone
      layers.rcps = []
    }
    guard case .foreigner = question.who else { return }
    layers.identity = [Self.everything].compactMap(\.self)
    layers.scps = []
  }

  private func request(_ question: Question, vpc: String, vpce: String) throws -> AccessRequest {
    var context: RequestContext = [
      "aws:SourceVpc": "\(vpc)", "aws:SourceVpce": "\(vpce)", "aws:RequestedRegion": "eu-west-1",
      "aws:PrincipalIsAWSService": false, "aws:ViaAWSService": false,
    ]
    context["aws:SecureTransport"] = [question.isSecure ? "true" : "false"]
    context["aws:ResourceAccount"] = [question.isForeign ? Question.stranger : Question.account]
    context["aws:ResourceOrgID"] = [question.isForeign ? "o-evil999999" : "o-acme123456"]
    if let key = question.key {
      let own = try estate.arn(resource("demo-churn-data", "Key"))
      context["s3:x-amz-server-side-encryption-aws-kms-key-id"] = [
        key == .own ? own : "arn:aws:kms:eu-west-1:\(Question.stranger):key/1"
      ]
    }
    let principal: Principal
    if let role = try role(of: question.who) {
      principal = try Principal(parsing: role.sessionARN("ann"))
      context["aws:PrincipalOrgID"] = ["o-acme123456"]
      context["aws:PrincipalAccount"] = [Question.account]
      context["aws:PrincipalArn"] = [role.arn]
    } else if case .foreigner = question.who {
      principal = try Principal(parsing: "arn:aws:iam::\(Question.stranger):user/eve")
      context["aws:PrincipalOrgID"] = ["o-evil999999"]
      context["aws:PrincipalAccount"] = [Question.stranger]
    } else {
      principal = .anonymous
    }
    return AccessRequest(
      principal: principal, action: question.action, resource: question.resource,
      resourceAccount: question.isForeign ? Question.stranger : Question.account, context: context)
  }
}
