public import CordonModel
import CordonPolicy

/// Reads CloudFormation templates, several stacks at once, into one deployment.
///
/// Functions and conditions are worked out as far as the files and the user's parameters go. What stays open is visible in the
/// values: `reference` for what AWS assigns to a resource, `oneOf` for a condition without an answer (the value for "true"
/// first; the condition's name is the same everywhere it decides), `unknown` with its cause for the rest. A pseudo parameter
/// that nobody gave is `unknown` under its own name, `AWS::AccountId`: two of the same name are the same value.
///
/// Nothing is read from a disk or a network. A mistake is an error with its place; a macro or transform, which could rewrite
/// anything, is a gap of the deployment.
public struct TemplateReader: Sendable {
  /// The parameters that the user gave.
  public var parameters: [ParameterSetting]

  /// A reader with the user's parameters.
  public init(parameters: [ParameterSetting] = []) { self.parameters = parameters }

  /// Reads the stacks that `files` declare. A file that another one nests is read where it is nested.
  public func read(_ files: [SourceFile]) throws(TemplateErrors) -> CloudDeployment {
    var problems = Problems()
    var values: [(SourceFile, CloudValue)] = []
    for file in files {
      do throws(TemplateError) {
        values.append((file, try SourceReader(file: file).read()))
      } catch {
        problems.add(error)
      }
    }
    try problems.finish()
    return try read(values)
  }

  /// Reads stacks whose files are values already.
  func read(_ values: [(file: SourceFile, value: CloudValue)]) throws(TemplateErrors) -> CloudDeployment {
    var problems = Problems()
    let templates = values.map { Template($0.value, file: $0.file, problems: &problems) }
    try problems.finish()
    let files = TemplateFiles(templates)
    var evaluator = StackEvaluator(settings: parameters, templates: files.byName)
    let names = StackNames(files.roots)
    for (template, name) in zip(files.roots, names.names) {
      evaluator.stacks.append(Stack(name: names.isSingle ? "" : name, scope: name, template: template))
      evaluator.settleParameters(of: evaluator.stacks.count - 1, passed: [:])
    }
    return try deployment(&evaluator, templates)
  }

  private func deployment(
    _ evaluator: inout StackEvaluator, _ templates: [Template]
  ) throws(TemplateErrors) -> CloudDeployment {
    let roots = evaluator.stacks.indices
    evaluator.unfoldNested()
    reportUnknownParameters(&evaluator, templates)
    var resources: [CloudResource] = []
    for stack in roots { resources += evaluator.resources(of: stack) }
    try evaluator.problems.finish()
    var deployment = CloudDeployment(resources: resources, unknowns: evaluator.gaps)
    deployment.account = evaluator.setting("AWS::AccountId", scope: "")
    deployment.region = evaluator.setting("AWS::Region", scope: "")
    for stack in evaluator.stacks {
      for (name, value) in stack.parameters {
        let text = value.plainText ?? value.elements?.compactMap(\.plainText).joined(separator: ",")
        guard let text else { continue }
        deployment.parameters[stack.qualified(name)] = stack.secret.contains(name) ? "****" : text
      }
    }
    return deployment
  }

  private func reportUnknownParameters(_ evaluator: inout StackEvaluator, _ templates: [Template]) {
    let known = templates.flatMap { $0.parameters.map(\.name) } + StackEvaluator.pseudoParameters
    let scopes = evaluator.stacks.map(\.scope)
    for setting in parameters {
      if let stack = setting.stack, !scopes.contains(stack) {
        let near = Spelling.nearest(to: stack, among: scopes).map { "\($0):\(setting.name)" }
        evaluator.problems.add(.unknownParameter("\(stack):\(setting.name)", didYouMean: near))
      } else if !known.contains(setting.name) {
        let near = Spelling.nearest(to: setting.name, among: known)
        evaluator.problems.add(.unknownParameter(setting.name, didYouMean: near))
      }
    }
  }
}

/// Which of the templates given stand for themselves, and which another one nests.
private struct TemplateFiles {
  /// Templates by the last component of their file's name. A name that two files have means neither: which one a stack nests
  /// would be a guess, so both stand for themselves and the nested stack stays unknown.
  var byName: [String: Template] = [:]
  /// Those that no other nests, and those that only nest each other: no file is passed over.
  var roots: [Template] = []

  init(_ templates: [Template]) {
    let counts = Dictionary(grouping: templates, by: \.file.lastComponent)
    for template in templates where counts[template.file.lastComponent]?.count == 1 {
      byName[template.file.lastComponent] = template
    }
    let nested = Set(templates.flatMap(\.nestedFiles)).filter { byName[$0] != nil }
    roots = templates.filter { !nested.contains($0.file.lastComponent) }
    var reached: Set<String> = []
    for root in roots { reach(root, &reached) }
    for template in templates
    where nested.contains(template.file.lastComponent) && !reached.contains(template.file.lastComponent) {
      roots.append(template)
      reach(template, &reached)
    }
  }

  private func reach(_ start: Template, _ reached: inout Set<String>) {
    var next = [start]
    while let template = next.popLast() {
      reached.insert(template.file.lastComponent)
      next += template.nestedFiles.filter { !reached.contains($0) }.compactMap { byName[$0] }
    }
  }
}

/// What the stacks of several files are called: as their files, told apart by number where two are alike.
private struct StackNames {
  var names: [String] = []

  var isSingle: Bool { names.count == 1 }

  init(_ templates: [Template]) {
    var taken: Set<String> = []
    for template in templates {
      let stem = template.file.stem
      var name = stem
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(stem)-\(number)"
        number += 1
      }
      names.append(name)
    }
  }
}

extension Template {
  /// The files that this one nests, as far as their names are written out.
  fileprivate var nestedFiles: [String] {
    resources.compactMap { entry in
      guard entry.value["Type"]?.plainText == StackEvaluator.nestedStackType else { return nil }
      return entry.value["Properties"]?["TemplateURL"].flatMap(NestedTemplate.fileName)
    }
  }
}
