import CordonModel

/// Templates of a folder in the order in which they can be deployed: each after those whose exports it takes.
public struct StackOrder: Sendable, Equatable {
  /// One stack to be.
  public struct Stack: Sendable, Equatable {
    /// Its name: the file's, without its ending.
    public var name: String
    /// The template as it was written.
    public var text: String
    /// How many resources it declares, by type.
    public var resources: [String: Int]
    /// The account that it is written for, where its metadata states one.
    public var account: String?
    /// Parameters that have no default.
    public var open: [String]
    /// Templates of the folder that its catalog offers.
    public var offers: [Offer]
    /// What it gives to others: exports, and buckets that it names.
    var exports: Set<String>
    var imports: Set<String>
  }

  /// A template that people order from a catalog: it is put into a bucket, and no stack is made of it here.
  public struct Offer: Sendable, Equatable {
    /// The file's name in the folder.
    public var file: String
    /// Where the catalog looks for it.
    public var bucket: String
    /// Under which key.
    public var key: String
    /// The template as it was written.
    public var text: String
  }

  /// Why there is no order.
  public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
    /// These take from each other.
    case circle([String])
    /// Two stacks give the same name away.
    case sameExport(String)
    /// A file could not be read.
    case unreadable(TemplateError)

    /// In the user's words.
    public var description: String {
      switch self {
      case .circle(let names): "the stacks \(names.joined(separator: ", ")) take exports from each other"
      case .sameExport(let name): "two stacks export \(name)"
      case .unreadable(let error): "\(error)"
      }
    }
  }

  /// The most bytes of a template that goes with the call itself (CloudFormation User Guide, "Understand quotas").
  public static let mostInlineBytes = 51_200

  /// The stacks, the first one first.
  public let stacks: [Stack]

  /// Reads and orders templates.
  public init(_ files: [SourceFile]) throws(Problem) {
    var waiting: [Stack] = []
    var exports: Set<String> = []
    let files = files.sorted { $0.name < $1.name }
    var roots: [CloudValue] = []
    for file in files {
      do throws(TemplateError) { roots.append(try SourceReader(file: file).read()) } catch {
        throw .unreadable(error)
      }
    }
    let offers = roots.map { Self.offers(of: $0, among: files) }
    let offered = Set(offers.joined().map(\.file))
    for (place, file) in files.enumerated() where !offered.contains(Self.lastPart(of: file.name)) {
      let stack = Self.stack(file, roots[place], offers: offers[place])
      for name in stack.exports where !exports.insert(name).inserted { throw .sameExport(name) }
      waiting.append(stack)
    }
    var placed: [Stack] = []
    var given: Set<String> = []
    while !waiting.isEmpty {
      // What no stack of the folder exports is taken to be there already.
      let next = waiting.firstIndex { $0.imports.intersection(exports).isSubset(of: given) }
      guard let next else { throw .circle(waiting.map(\.name)) }
      let stack = waiting.remove(at: next)
      given.formUnion(stack.exports)
      placed.append(stack)
    }
    stacks = placed
  }

  private static func stack(_ file: SourceFile, _ root: CloudValue, offers: [Offer]) -> Stack {
    var stack = Stack(
      name: file.stem, text: String(decoding: file.bytes, as: UTF8.self), resources: [:],
      account: root["Metadata"]?["Cordon"]?["Account"]?.plainText, open: [],
      offers: offers, exports: [], imports: Set(offers.map { bucket($0.bucket) }))
    for output in root["Outputs"]?.members ?? [] {
      if let name = output.value["Export"]?["Name"] { stack.exports.insert(key(name)) }
    }
    for parameter in root["Parameters"]?.members ?? [] where parameter.value["Default"] == nil {
      stack.open.append(parameter.name)
    }
    for resource in root["Resources"]?.members ?? [] {
      stack.resources[resource.value["Type"]?.plainText ?? "a resource without a type", default: 0] += 1
      if resource.value["Type"]?.plainText == "AWS::S3::Bucket",
        let name = resource.value["Properties"]?["BucketName"]?.plainText
      {
        stack.exports.insert(bucket(name))
      }
    }
    imports(of: root, into: &stack.imports)
    return stack
  }

  private static func bucket(_ name: String) -> String { "bucket \(name)" }

  private static func lastPart(of name: String) -> String {
    name.split(separator: "/").last.map(String.init) ?? name
  }

  /// The files that a template's products load, by the last part of the address: `https://BUCKET.s3.REGION.amazonaws.com/KEY`.
  private static func offers(of root: CloudValue, among files: [SourceFile]) -> [Offer] {
    var found: [Offer] = []
    for resource in root["Resources"]?.members ?? []
    where resource.value["Type"]?.plainText == "AWS::ServiceCatalog::CloudFormationProduct" {
      for version in resource.value["Properties"]?["ProvisioningArtifactParameters"]?.elements ?? [] {
        guard let address = version["Info"]?["LoadTemplateFromURL"]?.plainText,
          let (bucket, key) = place(address),
          let file = files.first(where: { lastPart(of: $0.name) == lastPart(of: key) })
        else { continue }
        let text = String(decoding: file.bytes, as: UTF8.self)
        found.append(Offer(file: lastPart(of: file.name), bucket: bucket, key: key, text: text))
      }
    }
    return found
  }

  private static func place(_ address: String) -> (bucket: String, key: String)? {
    guard address.hasPrefix("https://") else { return nil }
    let parts = address.dropFirst(8).split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, let end = parts[0].firstRange(of: ".s3."), parts[0].hasSuffix(".amazonaws.com")
    else { return nil }
    return (String(parts[0][..<end.lowerBound]), parts[1])
  }

  private static func imports(of value: CloudValue, into found: inout Set<String>) {
    for member in value.members ?? [] {
      if member.name == "Fn::ImportValue" { found.insert(key(member.value)) }
      imports(of: member.value, into: &found)
    }
    for element in value.elements ?? [] { imports(of: element, into: &found) }
  }

  /// Names are compared as they are written, functions included.
  private static func key(_ name: CloudValue) -> String {
    if let text = name.plainText { return text }
    if let text = name["Fn::Sub"]?.plainText { return text }
    return StackDifference.text(name)
  }
}
