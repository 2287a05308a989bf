output "next" {
  description = "What to type next, from the top of the clone."
  value = concat(module.base.fill_secrets, [
    module.base.build,
    "terraform -chdir=deploy/google-cloud/cloud-run apply",
    "gcloud run jobs execute showlist-tick --project ${var.project} --region ${var.region} --wait",
  ])
}

output "environment" {
  description = "What a command at home needs to work on the same data."
  value       = module.base.environment
}
