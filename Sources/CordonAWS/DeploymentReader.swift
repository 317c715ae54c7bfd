public import CordonModel

/// Reads whatever describes a deployment: CloudFormation templates, several at once, or a Terraform plan. What a file is, is
/// told by what is in it.
public enum DeploymentReader {
  /// The most files that are read together: two hundred projects, five stacks each, with those of the whole environment.
  public static let mostFiles = 2_048
  /// The most bytes of all files together, which keeps the memory of hostile ones within bounds.
  static let mostBytes = 128 << 20

  /// Reads `files` into one deployment. Templates and plans may stand side by side: their resources come in the order of the
  /// files, templates first.
  public static func read(
    _ files: [SourceFile], parameters: [ParameterSetting] = []
  ) throws(TemplateErrors) -> CloudDeployment {
    var problems = Problems()
    guard !files.isEmpty, files.count <= mostFiles else {
      let place = Location(file: files.first?.name ?? "-", line: 1, column: 1)
      throw TemplateErrors([
        files.isEmpty ? .notADeployment(at: place) : .tooLarge("more than \(mostFiles) files", at: place)
      ])
    }
    var bytes = 0
    for file in files {
      bytes += file.bytes.count
      guard bytes <= mostBytes else {
        let place = Location(file: file.name, line: 1, column: 1)
        throw TemplateErrors([.tooLarge("files of more than \(mostBytes >> 20) MB together", at: place)])
      }
    }
    var templates: [(SourceFile, CloudValue)] = []
    var plans: [(SourceFile, CloudValue)] = []
    for file in files {
      do throws(TemplateError) {
        let value = try SourceReader(file: file).read()
        switch kind(of: value) {
        case .template: templates.append((file, value))
        case .plan: plans.append((file, value))
        case nil: throw TemplateError.notADeployment(at: value.location ?? SourceReader(file: file).start)
        }
      } catch {
        problems.add(error)
      }
    }
    try problems.finish()
    var whole = CloudDeployment()
    if !templates.isEmpty || plans.isEmpty {
      whole = try TemplateReader(parameters: parameters).read(templates)
    } else if let setting = parameters.first(where: { !TemplateReader.describesPlace($0.name) }) {
      throw TemplateErrors([.unknownParameter(setting.name, didYouMean: nil)])
    }
    for (file, value) in plans { whole.join(try PlanReader().read(value, file: file)) }
    whole.account = whole.account ?? parameters.last { $0.name == "AWS::AccountId" }?.value
    whole.region = whole.region ?? parameters.last { $0.name == "AWS::Region" }?.value
    return whole
  }

  /// Whether a file's first bytes and name say that it may be a template or a plan: what a folder is searched for.
  public static func isCandidate(name: String) -> Bool {
    [".yaml", ".yml", ".json", ".template"].contains { name.hasSuffix($0) }
  }

  /// Those files of a folder that are templates or plans; a broken file counts, so that it is reported and not passed over.
  public static func deployments(among files: [SourceFile]) -> [SourceFile] {
    files.filter { file in
      guard isCandidate(name: file.name) else { return false }
      guard let value = try? SourceReader(file: file).read() else { return true }
      return kind(of: value) != nil
    }
  }

  private enum Kind { case template, plan }

  private static func kind(of value: CloudValue) -> Kind? {
    guard let members = value.members else { return nil }
    let names = Set(members.map(\.name))
    if names.contains("format_version"), names.contains("planned_values") || names.contains("values") {
      return .plan
    }
    if names.contains("Resources") || names.contains("AWSTemplateFormatVersion") { return .template }
    return nil
  }
}

extension TemplateReader {
  /// Pseudo parameters say where a deployment stands; a plan takes them too.
  static func describesPlace(_ name: String) -> Bool { StackEvaluator.pseudoParameters.contains(name) }
}

extension CloudDeployment {
  /// Takes in what another part of the deployment declares.
  fileprivate mutating func join(_ other: CloudDeployment) {
    resources += other.resources
    unknowns += other.unknowns
    if isWhole { readProperties = other.readProperties }
    isWhole = isWhole && other.isWhole
    account = account ?? other.account
    region = region ?? other.region
    parameters.merge(other.parameters) { own, _ in own }
  }
}
