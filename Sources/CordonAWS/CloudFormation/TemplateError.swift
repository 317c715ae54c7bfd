public import CordonModel

/// Why a template could not be read.
public enum TemplateError: Error, Equatable, Sendable {
  /// Not YAML or JSON at this place.
  case syntax(String, at: Location)
}
