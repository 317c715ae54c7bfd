/// Something that a person of a project may order without asking a platform engineer.
public enum CatalogProduct: String, Sendable, CaseIterable {
  /// A Studio space of one's own.
  case workspace
  /// A notebook instance without internet and without root.
  case notebook
}

/// What becomes of a project that has spent its budget.
public enum BudgetResponse: String, Sendable, CaseIterable {
  /// Somebody is told.
  case tell
  /// Somebody is told, and asked whether the project's roles may start anything more.
  case ask
  /// The project's roles start nothing more until somebody takes that back.
  case stop
}
