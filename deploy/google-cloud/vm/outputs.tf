output "next" {
  description = "What to type next, from the top of the clone."
  value = concat(module.base.fill_secrets, [
    module.base.build,
    "gcloud compute ssh showlist --project ${var.project} --zone ${local.zone} --tunnel-through-iap --command 'sudo google_metadata_script_runner startup'",
    "gcloud compute ssh showlist --project ${var.project} --zone ${local.zone} --tunnel-through-iap -- -L 3000:localhost:3000 -L 8300:localhost:8300",
  ])
}
