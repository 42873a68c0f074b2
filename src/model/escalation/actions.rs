//! On what each action of the methods is done: the ARN of something new of its kind.
//!
//! Sources: the actions, resources and condition keys of AWS's service authorization reference. An action without a
//! resource of its own is asked for on `*`, as AWS does.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Service and resource of an ARN: `{n}` is a name, `{i}` the id of an instance. `-` before the service leaves the
/// region empty, `=` the region and the account.
const TEMPLATES: &[(&str, &str)] = &[
    ("apprunner:CreateService", "apprunner service/{n}/{n}"),
    ("apprunner:UpdateService", "apprunner service/{n}/{n}"),
    ("autoscaling:CreateAutoScalingGroup", "autoscaling autoScalingGroup:{n}:autoScalingGroupName/{n}"),
    ("autoscaling:CreateLaunchConfiguration", "autoscaling launchConfiguration:{n}:launchConfigurationName/{n}"),
    ("autoscaling:UpdateAutoScalingGroup", "autoscaling autoScalingGroup:{n}:autoScalingGroupName/{n}"),
    ("batch:RegisterJobDefinition", "batch job-definition/{n}"),
    ("batch:SubmitJob", "batch job-definition/{n}"),
    ("bedrock-agentcore:ConnectBrowserAutomationStream", "bedrock-agentcore browser-custom/{n}"),
    ("bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore runtime/{n}"),
    ("bedrock-agentcore:CreateAgentRuntimeEndpoint", "bedrock-agentcore runtime/{n}"),
    ("bedrock-agentcore:CreateBrowser", "bedrock-agentcore browser-custom/{n}"),
    ("bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore code-interpreter-custom/{n}"),
    ("bedrock-agentcore:CreateHarness", "bedrock-agentcore harness/{n}"),
    ("bedrock-agentcore:CreateWorkloadIdentity", "bedrock-agentcore workload-identity-directory/default"),
    ("bedrock-agentcore:GetAgentRuntime", "bedrock-agentcore runtime/{n}"),
    ("bedrock-agentcore:InvokeAgentRuntimeCommand", "bedrock-agentcore runtime/{n}"),
    ("bedrock-agentcore:InvokeCodeInterpreter", "bedrock-agentcore code-interpreter-custom/{n}"),
    ("bedrock-agentcore:StartBrowserSession", "bedrock-agentcore browser-custom/{n}"),
    ("bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore code-interpreter-custom/{n}"),
    ("braket:CreateJob", "braket job/{n}"),
    ("cloudformation:CreateChangeSet", "cloudformation stack/{n}/{n}"),
    ("cloudformation:CreateStack", "cloudformation stack/{n}/{n}"),
    ("cloudformation:CreateStackInstances", "cloudformation stackset/{n}:{n}"),
    ("cloudformation:CreateStackSet", "cloudformation stackset/{n}:{n}"),
    ("cloudformation:ExecuteChangeSet", "cloudformation stack/{n}/{n}"),
    ("cloudformation:UpdateStack", "cloudformation stack/{n}/{n}"),
    ("cloudformation:UpdateStackSet", "cloudformation stackset/{n}:{n}"),
    ("codebuild:CreateProject", "codebuild project/{n}"),
    ("codebuild:StartBuild", "codebuild project/{n}"),
    ("codebuild:StartBuildBatch", "codebuild project/{n}"),
    ("codedeploy:CreateDeployment", "codedeploy deploymentgroup:{n}/{n}"),
    ("codedeploy:GetDeploymentConfig", "codedeploy deploymentconfig:{n}"),
    ("codedeploy:RegisterApplicationRevision", "codedeploy application:{n}"),
    ("codestar:CreateProject", "*"),
    ("cognito-identity:SetIdentityPoolRoles", "cognito-identity identitypool/{n}"),
    ("datapipeline:ActivatePipeline", "datapipeline pipeline/{n}"),
    ("datapipeline:CreatePipeline", "datapipeline pipeline/{n}"),
    ("datapipeline:PutPipelineDefinition", "datapipeline pipeline/{n}"),
    ("dynamodb:CreateTable", "dynamodb table/{n}"),
    ("dynamodb:PutItem", "dynamodb table/{n}"),
    ("ec2-instance-connect:SendSSHPublicKey", "ec2 instance/{i}"),
    ("ec2:CreateLaunchTemplateVersion", "ec2 launch-template/{n}"),
    ("ec2:DescribeInstances", "*"),
    ("ec2:ModifyInstanceAttribute", "ec2 instance/{i}"),
    ("ec2:ModifyLaunchTemplate", "ec2 launch-template/{n}"),
    ("ec2:RequestSpotInstances", "ec2 spot-instances-request/{n}"),
    ("ec2:RunInstances", "ec2 instance/{i}"),
    ("ec2:StartInstances", "ec2 instance/{i}"),
    ("ec2:StopInstances", "ec2 instance/{i}"),
    ("ecs:CreateCluster", "ecs cluster/{n}"),
    ("ecs:CreateService", "ecs service/{n}/{n}"),
    ("ecs:DeregisterContainerInstance", "ecs container-instance/{n}/{n}"),
    ("ecs:DescribeTasks", "ecs task/{n}/{n}"),
    ("ecs:ExecuteCommand", "ecs task/{n}/{n}"),
    ("ecs:RegisterContainerInstance", "ecs cluster/{n}"),
    ("ecs:RegisterTaskDefinition", "ecs task-definition/{n}:1"),
    ("ecs:RunTask", "ecs task-definition/{n}:1"),
    ("ecs:StartTask", "ecs task-definition/{n}:1"),
    ("elasticmapreduce:RunJobFlow", "elasticmapreduce cluster/{n}"),
    ("emr-serverless:CreateApplication", "emr-serverless /applications/{n}"),
    ("emr-serverless:StartJobRun", "emr-serverless /applications/{n}"),
    ("gamelift:CreateBuild", "gamelift build/{n}"),
    ("gamelift:CreateFleet", "gamelift fleet/{n}"),
    ("gamelift:RequestUploadCredentials", "gamelift build/{n}"),
    ("glue:CreateDevEndpoint", "glue devEndpoint/{n}"),
    ("glue:CreateJob", "glue job/{n}"),
    ("glue:CreateSession", "glue session/{n}"),
    ("glue:CreateTrigger", "glue trigger/{n}"),
    ("glue:RunStatement", "glue session/{n}"),
    ("glue:StartJobRun", "glue job/{n}"),
    ("glue:UpdateDevEndpoint", "glue devEndpoint/{n}"),
    ("glue:UpdateJob", "glue job/{n}"),
    ("iam:AddRoleToInstanceProfile", "-iam instance-profile/{n}"),
    ("iam:AddUserToGroup", "-iam group/{n}"),
    ("iam:AttachGroupPolicy", "-iam group/{n}"),
    ("iam:AttachRolePolicy", "-iam role/{n}"),
    ("iam:AttachUserPolicy", "-iam user/{n}"),
    ("iam:CreateAccessKey", "-iam user/{n}"),
    ("iam:CreateInstanceProfile", "-iam instance-profile/{n}"),
    ("iam:CreateLoginProfile", "-iam user/{n}"),
    ("iam:CreatePolicy", "-iam policy/{n}"),
    ("iam:CreatePolicyVersion", "-iam policy/{n}"),
    ("iam:CreateRole", "-iam role/{n}"),
    ("iam:CreateUser", "-iam user/{n}"),
    ("iam:DeleteAccessKey", "-iam user/{n}"),
    ("iam:DeletePolicyVersion", "-iam policy/{n}"),
    ("iam:DeleteRolePermissionsBoundary", "-iam role/{n}"),
    ("iam:DeleteUserPermissionsBoundary", "-iam user/{n}"),
    ("iam:PassRole", "-iam role/{n}"),
    ("iam:PutGroupPolicy", "-iam group/{n}"),
    ("iam:PutRolePermissionsBoundary", "-iam role/{n}"),
    ("iam:PutRolePolicy", "-iam role/{n}"),
    ("iam:PutUserPermissionsBoundary", "-iam user/{n}"),
    ("iam:PutUserPolicy", "-iam user/{n}"),
    ("iam:SetDefaultPolicyVersion", "-iam policy/{n}"),
    ("iam:TagRole", "-iam role/{n}"),
    ("iam:TagUser", "-iam user/{n}"),
    ("iam:UpdateAssumeRolePolicy", "-iam role/{n}"),
    ("iam:UpdateLoginProfile", "-iam user/{n}"),
    ("imagebuilder:CreateComponent", "imagebuilder component/{n}/1.0.0/1"),
    ("imagebuilder:CreateImage", "imagebuilder image/{n}/1.0.0/1"),
    ("imagebuilder:CreateImageRecipe", "imagebuilder image-recipe/{n}/1.0.0"),
    ("imagebuilder:CreateInfrastructureConfiguration", "imagebuilder infrastructure-configuration/{n}"),
    ("kinesisanalytics:CreateApplication", "kinesisanalytics application/{n}"),
    ("kinesisanalytics:StartApplication", "kinesisanalytics application/{n}"),
    ("kms:Decrypt", "kms key/{n}"),
    ("lambda:AddPermission", "lambda function:{n}"),
    ("lambda:CreateEventSourceMapping", "lambda event-source-mapping:{n}"),
    ("lambda:CreateFunction", "lambda function:{n}"),
    ("lambda:InvokeFunction", "lambda function:{n}"),
    ("lambda:UpdateFunctionCode", "lambda function:{n}"),
    ("lambda:UpdateFunctionConfiguration", "lambda function:{n}"),
    ("omics:CreateWorkflow", "omics workflow/{n}"),
    ("omics:StartRun", "omics run/{n}"),
    ("s3:GetObject", "=s3 {n}/{n}"),
    ("sagemaker:CreateNotebookInstance", "sagemaker notebook-instance/{n}"),
    ("sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker notebook-instance-lifecycle-config/{n}"),
    ("sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker notebook-instance/{n}"),
    ("sagemaker:CreateProcessingJob", "sagemaker processing-job/{n}"),
    ("sagemaker:CreateTrainingJob", "sagemaker training-job/{n}"),
    ("sagemaker:StartNotebookInstance", "sagemaker notebook-instance/{n}"),
    ("sagemaker:StopNotebookInstance", "sagemaker notebook-instance/{n}"),
    ("sagemaker:UpdateNotebookInstance", "sagemaker notebook-instance/{n}"),
    ("scheduler:CreateSchedule", "scheduler schedule/default/{n}"),
    ("ssm:CreateDocument", "ssm document/{n}"),
    ("ssm:SendCommand", "ec2 instance/{i}"),
    ("ssm:StartAutomationExecution", "ssm automation-definition/{n}:1"),
    ("ssm:StartSession", "ec2 instance/{i}"),
    ("sso:AttachManagedPolicyToPermissionSet", "=sso permissionSet/ssoins-{n}/ps-{n}"),
    ("sso:CreateAccountAssignment", "=sso permissionSet/ssoins-{n}/ps-{n}"),
    ("sso:CreatePermissionSet", "=sso instance/ssoins-{n}"),
    ("sso:PutInlinePolicyToPermissionSet", "=sso permissionSet/ssoins-{n}/ps-{n}"),
    ("states:CreateStateMachine", "states stateMachine:{n}"),
    ("states:StartExecution", "states stateMachine:{n}"),
    ("states:UpdateStateMachine", "states stateMachine:{n}"),
    ("sts:AssumeRole", "-iam role/{n}"),
];

/// What stands for something that does not exist yet. Nobody has such a name, so no policy names it.
pub const NEW: &str = "driftline-new";
/// As an instance's id.
const NEW_INSTANCE: &str = "i-0d21f711e00000000";

/// Where ARNs are made.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub partition: &'a str,
    pub account: &'a str,
    pub region: &'a str,
}

/// The row of an action, in whatever case.
pub fn template(action: &str) -> Option<&'static str> {
    TEMPLATES.get(index(action)?).map(|(_, template)| *template)
}

/// The ARN of something new that the action is done on; `*` where AWS knows no resource.
pub fn resource(action: &str, place: Place<'_>) -> String {
    let Place { partition, account, region } = place;
    let Some((service, resource)) = template(action).and_then(|template| template.split_once(' ')) else {
        return "*".to_owned();
    };
    let resource = resource.replace("{n}", NEW).replace("{i}", NEW_INSTANCE);
    match (service.strip_prefix('-'), service.strip_prefix('=')) {
        (Some(service), _) => format!("arn:{partition}:{service}::{account}:{resource}"),
        (_, Some(service)) => format!("arn:{partition}:{service}:::{resource}"),
        _ => format!("arn:{partition}:{service}:{region}:{account}:{resource}"),
    }
}

/// Every action of the table, those of a service together.
pub fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(action, _)| *action)
}

pub fn count() -> usize {
    TEMPLATES.len()
}

/// Places in the table by the action as the table spells it, which is how nearly all ask.
static PLACES: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| TEMPLATES.iter().enumerate().map(|(place, (action, _))| (*action, place)).collect());

/// An action's place in the table.
pub fn index(action: &str) -> Option<usize> {
    let place = PLACES.get(action).copied();
    place.or_else(|| TEMPLATES.iter().position(|(known, _)| known.eq_ignore_ascii_case(action)))
}

/// A pattern of all ARNs that the action is done on in an account, in the place's region or, for `*`, in any; none if it
/// is asked for on `*`.
pub fn shape(action: &str, place: Place<'_>) -> Option<String> {
    let Place { partition, account, region } = place;
    let (service, resource) = template(action)?.split_once(' ')?;
    Some(match (service.strip_prefix('-'), service.strip_prefix('=')) {
        (Some(service), _) => format!("arn:{partition}:{service}::{account}:{}", resource.replace("{n}", "*")),
        (_, Some(service)) => format!("arn:{partition}:{service}:::*"),
        // What kinds a service has changes; an instance is one.
        _ if service == "ec2" => {
            format!("arn:{partition}:ec2:{region}:{account}:{}/*", resource.split('/').next().unwrap_or(""))
        }
        _ => format!("arn:{partition}:{service}:{region}:{account}:*"),
    })
}
