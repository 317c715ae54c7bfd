import CordonModel
import CordonStore
import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `What status says of a project's buckets` {
  @Test func `is what they hold, and what is reserved beside it`() async throws {
    let scratch = try Scratch()
    let project = try #require(try scratch.environment(["lab-1"]).projects.first)
    let store = try ObjectStore.open(folder: scratch.path + "/store") { Date() }
    let bucket = try BucketName("lab-store")
    try await store.declareBucket(bucket, project: project.name, versioned: true, readOnly: false)
    let idle = EnvironmentStatus.Storage(project, store.account(of: project.name))
    #expect(idle.bytes == 0 && idle.reservedBytes == 0 && idle.reservedEntries == 0)
    let writer = try await store.beginPut(bucket, ObjectKey("k"), size: 5 << 20)
    let busy = EnvironmentStatus.Storage(project, store.account(of: project.name))
    #expect(busy.bytes == 0 && busy.reservedBytes >= 5 << 20 && busy.reservedEntries > 0)
    let members = try JSONSerialization.jsonObject(with: JSONEncoder().encode(busy)) as? [String: Any]
    #expect(members?["reservedBytes"] as? Int == Int(busy.reservedBytes))
    #expect(members?["reservedEntries"] as? Int == Int(busy.reservedEntries))
    await writer.abort()
    #expect(EnvironmentStatus.Storage(project, nil).limit == Int64(project.storage.limit))
    try store.close()
  }
}
