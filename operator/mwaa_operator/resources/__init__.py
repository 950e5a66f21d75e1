"""What a MwaaEnvironment stands for in AWS, one file each: observe, plan, apply (design §2).

So far there is one, the environment itself.
"""
