/// Something that a person of a project may order without asking a platform engineer.
public enum CatalogProduct: String, Sendable, CaseIterable {
  /// A Studio space of one's own.
  case workspace
}
