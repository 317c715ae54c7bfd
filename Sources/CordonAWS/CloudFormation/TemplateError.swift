public import CordonModel

/// Why a template, a plan or a parameter could not be read, and where.
public enum TemplateError: Error, Equatable, Sendable {
  /// Not YAML or JSON at this place.
  case syntax(String, at: Location)
  /// The same key twice in one object.
  case duplicateKey(String, at: Location)
  /// Larger than the reader accepts.
  case tooLarge(String, at: Location)
  /// YAML that templates cannot use, or that this reader refuses: what, and what to write instead.
  case notRead(String, at: Location)
  /// Neither a template nor a plan.
  case notADeployment(at: Location)
  /// Something else stands where `wanted` belongs.
  case expected(String, found: String, at: Location)
  /// A section, key or name that does not exist, with the nearest that does.
  case unknownKey(String, in: String, at: Location, didYouMean: String?)
  /// A key that must be there.
  case missingKey(String, in: String, at: Location)
  /// A function that CloudFormation does not have.
  case unknownFunction(String, at: Location, didYouMean: String?)
  /// A function with arguments that it does not take: what it takes.
  case arguments(function: String, takes: String, at: Location)
  /// A name that the template does not declare.
  case unknownReference(String, at: Location, didYouMean: String?)
  /// A name whose condition is false, so that it does not exist in this deployment.
  case absentReference(String, condition: String, at: Location)
  /// Names that need each other.
  case circular([String], at: Location)
  /// A name with a letter that only looks like one of a-z, or another that names cannot have.
  case letter(String, scalar: UInt32, at: Location)
  /// A value that the template does not accept for a parameter.
  case parameterValue(name: String, takes: String, at: Location)
  /// A parameter given by the user that no template declares.
  case unknownParameter(String, didYouMean: String?)
  /// `--parameter` text that is not `K=V`.
  case parameterText(String)
  /// Two stacks export the same name.
  case duplicateExport(String, at: Location, first: Location?)
  /// More errors than are worth listing.
  case more(than: Int)
}

/// All the reasons why files could not be read, in reading order; never empty, at most 50.
public struct TemplateErrors: Error, Equatable, Sendable {
  /// The reasons.
  public var errors: [TemplateError]

  /// One or several reasons.
  public init(_ errors: [TemplateError]) { self.errors = errors }
}
